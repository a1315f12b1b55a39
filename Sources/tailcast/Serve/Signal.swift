import Glibc

/// Lets the main thread sleep until the server is done.
final class Signal: Sendable {
  // An eventfd-like pipe would do as well; a semaphore needs no descriptor. It is only touched by its own calls,
  // which are safe from any thread.
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}
