import Glibc

/// Runs `body` on this thread with the file permissions of nobody; false when this process may not do so.
///
/// `setfsuid` (setfsuid(2)) changes one thread's rights on files and no other: other tests go on as they are.
@discardableResult
func asNobody(_ body: () -> Void) -> Bool {
  guard setFileUser(65_534) else { return false }
  defer { _ = setFileUser(0) }
  body()
  return true
}

/// Changes the calling thread's user as far as files go; false when it may not.
func setFileUser(_ user: UInt32) -> Bool {
  typealias Call = @convention(c) (UInt32) -> Int32
  guard getuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return false }
  let call = unsafeBitCast(symbol, to: Call.self)
  _ = call(user)
  // A call that changes nothing tells which user it is now.
  return call(.max) == Int32(user)
}
