#include "CVocabularies.h"

// #embed is of C23; clang has it in every mode.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t o200k_base[] = {
#embed "Data/o200k_base.merges"
};

static const uint8_t cl100k_base[] = {
#embed "Data/cl100k_base.merges"
};

static const uint8_t p50k_base[] = {
#embed "Data/p50k_base.merges"
};

static const uint8_t classes[] = {
#embed "Data/classes.table"
};

sluice_embedded sluice_o200k_base(void) { return (sluice_embedded){o200k_base, sizeof o200k_base}; }
sluice_embedded sluice_cl100k_base(void) { return (sluice_embedded){cl100k_base, sizeof cl100k_base}; }
sluice_embedded sluice_p50k_base(void) { return (sluice_embedded){p50k_base, sizeof p50k_base}; }
sluice_embedded sluice_classes(void) { return (sluice_embedded){classes, sizeof classes}; }
