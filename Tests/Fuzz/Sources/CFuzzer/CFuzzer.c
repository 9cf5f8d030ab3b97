#include "CFuzzer.h"

/// libFuzzer's own main, which some linkers bring along, wants it; ours hands its test over instead.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    (void)data;
    (void)size;
    return -1;
}
