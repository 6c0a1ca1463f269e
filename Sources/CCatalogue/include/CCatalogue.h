#ifndef CCATALOGUE_H
#define CCATALOGUE_H

#include <stddef.h>

/// The text of models.txt, which is not terminated by a zero.
const unsigned char *sluice_catalogue(void);
/// Its length in bytes.
size_t sluice_catalogue_count(void);

#endif
