/// Counts this thread's allocations: the test's executable brings its own `malloc`, which counts and passes on.

#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

#include <stdint.h>

/// Blocks that the calling thread has asked for so far (malloc, calloc, realloc, aligned); -1 where nobody counts:
/// the sanitizers bring a `malloc` of their own.
int64_t tc_allocations(void);

#endif
