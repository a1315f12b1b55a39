/// One live reader of a log, in the array that a flush walks: small, contiguous, without a reference count.
struct Reader {
  /// The next byte it gets.
  var position: UInt64
  /// Its socket.
  let descriptor: Int32
  /// False while its connection has something else to finish first: a full socket, control bytes, another topic.
  var isDirect: Bool
  /// The subscription it belongs to. Unretained: the subscription is in its connection's list for as long as its
  /// reader is here, and takes the reader out before it leaves that list.
  let subscription: Unmanaged<Subscription>
}
