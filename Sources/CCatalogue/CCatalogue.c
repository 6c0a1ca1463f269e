#include "CCatalogue.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char text[] = {
#embed "models.txt"
};

const unsigned char *sluice_catalogue(void) { return text; }

size_t sluice_catalogue_count(void) { return sizeof text; }
