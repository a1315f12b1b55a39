#include "CCurl.h"
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int ready = 0;

static void start(void) { ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }

int tc_curl_ready(void) {
  pthread_once(&once, start);
  return ready;
}
