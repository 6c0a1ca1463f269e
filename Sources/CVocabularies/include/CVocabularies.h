#ifndef CVOCABULARIES_H
#define CVOCABULARIES_H

#include <stddef.h>
#include <stdint.h>

/// A file that is part of the binary.
typedef struct {
    const uint8_t *_Nonnull bytes;
    size_t count;
} sluice_embedded;

/// The merge lists that scripts/tokens/pack-vocabularies.py writes; the format is described there.
sluice_embedded sluice_o200k_base(void);
sluice_embedded sluice_cl100k_base(void);
sluice_embedded sluice_p50k_base(void);

/// The classes of characters that scripts/tokens/pack-classes.py writes.
sluice_embedded sluice_classes(void);

/// Asks for memory that will be read soon.
static inline void sluice_prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }

#endif
