// What `import Glibc` does not offer: wrappers over Linux calls and their constants.
#ifndef TAILCAST_CLINUX_H
#define TAILCAST_CLINUX_H
#include <stdint.h>
#endif
