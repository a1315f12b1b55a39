/// One live reader of a log, in the array that a flush walks: small, contiguous, without a reference count.
struct Reader {
  /// What a flush does with it.
  enum Access: UInt8 {
    /// Sends to its socket.
    case direct
    /// Leaves it to its connection, which has something else to finish first: control bytes, another topic.
    case pumped
    /// Passes it by: the socket is full, and says itself when it takes more.
    case blocked
  }

  /// The next byte it gets.
  var position: UInt64
  /// Its socket.
  let descriptor: Int32
  var access: Access
  /// The subscription it belongs to. Unretained: the subscription is in its connection's list for as long as its
  /// reader is here, and takes the reader out before it leaves that list.
  let subscription: Unmanaged<Subscription>
}
