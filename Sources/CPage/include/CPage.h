// The files of the page, as they stand in web/, inside the program: compiled in by #embed, which takes no time,
// where SwiftPM's embedInCode would write half a megabyte of Swift numbers and compile them for a minute.
#ifndef TAILCAST_CPAGE_H
#define TAILCAST_CPAGE_H
#include <stddef.h>

/// One file of the page.
struct tc_page_file {
  /// Its name in web/.
  const char *name;
  /// Its content; not terminated.
  const unsigned char *bytes;
  /// Bytes of its content.
  size_t count;
};

/// How many files there are.
size_t tc_page_count(void);
/// The file of an index below the count.
struct tc_page_file tc_page_file(size_t index);
#endif
