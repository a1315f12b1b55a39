/// Turns the bytes of one connection into requests, strictly by RFC 9112; owns the bytes that are not read yet.
///
/// What it says depends on the bytes only, never on how they were cut into reads. After a fault it says nothing else.
public struct RequestDecoder: Sendable {
  /// Largest parts of a request.
  public struct Limits: Sendable, Hashable {
    /// Request line and fields with their line ends, and again all trailers, in bytes.
    public var headBytes: Int
    /// Fields of a head, and again trailers.
    public var headers: Int
    /// Body without its framing, in bytes.
    public var bodyBytes: Int
    /// Line before a chunk, with its extensions, in bytes.
    public var chunkLineBytes: Int

    /// The defaults are 16 KiB, 100 fields, 1 MiB and 1 KiB.
    public init(
      headBytes: Int = 16 * 1024, headers: Int = 100, bodyBytes: Int = 1 << 20, chunkLineBytes: Int = 1024
    ) {
      self.headBytes = headBytes
      self.headers = headers
      self.bodyBytes = bodyBytes
      self.chunkLineBytes = chunkLineBytes
    }
  }

  /// What the bytes say next.
  public enum Step: Sendable {
    /// Nothing more until bytes are appended.
    case needsMore
    /// A request begins.
    case head(RequestHead)
    /// A part of its body, never empty; how the parts are cut has no meaning.
    case body([UInt8])
    /// The request is complete; the next step belongs to the next one.
    case end
    /// The connection cannot go on.
    case fault(HTTPFault)
  }

  enum State: Sendable {
    case beforeHead
    case head
    case beforeBody(BodyFraming)
    case fixedBody(left: Int)
    case chunkLine
    case chunkData(left: Int)
    case chunkEnd
    case trailers(bytes: Int, count: Int)
    case failed(HTTPFault)
  }

  var limits: Limits
  var queue = ByteQueue()
  var state = State.beforeHead
  /// Bytes at the front of the queue that are known to hold no end of what is being read.
  var searched = 0
  /// Length of the body so far, when it is chunked.
  var bodyBytes = 0

  /// A decoder for a new connection.
  public init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Bytes that were appended and are not read yet.
  public var buffered: Int { queue.count }

  /// Whether a request has begun and is not complete: what a timeout for slow requests looks at.
  public var isInsideRequest: Bool {
    switch state {
    case .beforeHead, .head: queue.count > 0
    default: true
    }
  }

  /// Takes what a read has brought.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if case .failed = state { return }
    queue.append(bytes)
  }

  /// Takes what a read has brought.
  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Sets how long the body of the current and later requests may be; has effect until its first part was taken.
  public mutating func setBodyLimit(_ bytes: Int) {
    limits.bodyBytes = bytes
  }

  /// Gives away what is not read yet, when the connection turns to another protocol.
  public mutating func takeBuffered() -> [UInt8] {
    searched = 0
    return queue.take(queue.count)
  }

  /// The next step.
  public mutating func next() -> Step {
    do throws(HTTPFault) {
      while true {
        if let step = try advance() { return step }
      }
    } catch {
      state = .failed(error)
      queue = ByteQueue()
      return .fault(error)
    }
  }

  /// One change of state; nil if there is nothing to report about it.
  private mutating func advance() throws(HTTPFault) -> Step? {
    switch state {
    case .beforeHead: return try skipEmptyLine()
    case .head: return try readHead()
    case .beforeBody(let framing): return try beginBody(framing)
    case .fixedBody(let left):
      guard left > 0 else { return endOfRequest() }
      guard queue.count > 0 else { return .needsMore }
      let part = queue.take(min(left, queue.count))
      state = .fixedBody(left: left - part.count)
      return .body(part)
    case .chunkLine: return try readChunkLine()
    case .chunkData(let left):
      guard left > 0 else {
        state = .chunkEnd
        return nil
      }
      guard queue.count > 0 else { return .needsMore }
      let part = queue.take(min(left, queue.count))
      state = .chunkData(left: left - part.count)
      return .body(part)
    case .chunkEnd: return try readChunkEnd()
    case .trailers(let bytes, let count): return try readTrailer(bytes: bytes, count: count)
    case .failed(let fault): throw fault
    }
  }

  /// RFC 9112 section 2.2: one empty line before a request, as old clients send it after a body.
  private mutating func skipEmptyLine() throws(HTTPFault) -> Step? {
    guard queue.count > 0 else { return .needsMore }
    if queue[0] == 0x0d {
      guard queue.count > 1 else { return .needsMore }
      guard queue[1] == 0x0a else { throw .malformed("bare CR") }
      queue.drop(2)
    }
    state = .head
    return nil
  }

  private mutating func readHead() throws(HTTPFault) -> Step? {
    var lineStart = searched
    while let end = try lineEnd(from: lineStart, limit: limits.headBytes) {
      if end == lineStart + 2 {
        guard lineStart > 0 else { throw .malformed("no request line") }
        let head = try HeadParser.parse(queue.slice(0..<lineStart), maximumHeaders: limits.headers)
        queue.drop(end)
        searched = 0
        state = .beforeBody(head.body)
        return .head(head)
      }
      lineStart = end
      searched = end
    }
    guard queue.count < limits.headBytes else {
      throw lineStart == 0
        ? HTTPFault(status: 414, reason: "request line too long")
        : HTTPFault(status: 431, reason: "head too large")
    }
    return .needsMore
  }

  private mutating func beginBody(_ framing: BodyFraming) throws(HTTPFault) -> Step? {
    switch framing {
    case .none: return endOfRequest()
    case .length(let count):
      guard count <= limits.bodyBytes else { throw HTTPFault(status: 413, reason: "body too large") }
      state = .fixedBody(left: count)
    case .chunked:
      bodyBytes = 0
      state = .chunkLine
    }
    return nil
  }

  mutating func endOfRequest() -> Step {
    state = .beforeHead
    return .end
  }

  /// Offset just behind the first CRLF at or after `start`, within the first `limit` bytes; a bare CR or LF is a fault.
  func lineEnd(from start: Int, limit: Int) throws(HTTPFault) -> Int? {
    let searchEnd = min(queue.count, limit)
    guard start < searchEnd, let lineFeed = queue.firstLineFeed(start..<searchEnd) else { return nil }
    guard lineFeed > start, queue[lineFeed - 1] == 0x0d else { throw .malformed("bare LF") }
    guard !queue.slice(start..<(lineFeed - 1)).contains(0x0d) else { throw .malformed("bare CR") }
    return lineFeed + 1
  }
}
