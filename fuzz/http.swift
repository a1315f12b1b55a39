/// Requests in random pieces are the requests in one piece, and a head that was accepted is unambiguous.
///
/// The first eight bytes of the input choose the cuts.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHTTP(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Input(start, count).bytes
  let request = Array(input.dropFirst(8))
  var cuts: [Int] = []
  var position = 0
  for byte in input.prefix(8) {
    position += Int(byte)
    if position < request.count { cuts.append(position) }
  }
  let whole = transcript(request, cuts: [])
  demand(transcript(request, cuts: cuts) == whole, "the cuts of the reads are seen")
  if request.count <= 512 {
    demand(transcript(request, cuts: Array(0..<request.count)) == whole, "single bytes are seen")
  }
  return 0
}

private let limits = RequestDecoder.Limits(headBytes: 256, headers: 8, bodyBytes: 64, chunkLineBytes: 32)

private func transcript(_ input: [UInt8], cuts: [Int]) -> [String] {
  var decoder = RequestDecoder(limits: limits)
  var said: [String] = []
  var body: [UInt8] = []
  var head: RequestHead?
  var start = 0
  for end in cuts + [input.count] {
    decoder.append(Array(input[start..<end]))
    start = end
    reading: while true {
      switch decoder.next() {
      case .needsMore: break reading
      case .head(let next):
        demand(head == nil && body.isEmpty, "a head inside a request")
        check(next)
        said.append(serialised(next))
        head = next
      case .body(let part):
        demand(head != nil && !part.isEmpty, "a body without a head")
        body += part
        demand(body.count <= limits.bodyBytes, "the body limit is exceeded")
      case .end:
        guard let ended = head else { fatalError("an end without a head") }
        if case .length(let length) = ended.body { demand(body.count == length, "the length is another") }
        if case .none = ended.body { demand(body.isEmpty, "a body where none was announced") }
        said.append("end \(body)")
        head = nil
        body = []
      case .fault(let fault):
        demand([400, 413, 414, 417, 431, 501, 505].contains(fault.status), "status \(fault.status)")
        demand(decoder.buffered == 0, "bytes are kept after a fault")
        if case .fault(let again) = decoder.next() { demand(again == fault, "another fault") }
        said.append("fault \(fault.status) \(fault.reason) \(body)")
        return said
      }
    }
  }
  demand(decoder.buffered <= limits.headBytes, "more is buffered than a head")
  said.append("open \(body)")
  return said
}

private func check(_ head: RequestHead) {
  demand(head.headers.count <= limits.headers, "too many fields")
  demand(head.minorVersion == 0 || head.headers.all("host").count == 1, "Host is not there once")
  if case .chunked = head.body {
    demand(head.headers["content-length"] == nil && head.minorVersion == 1, "two lengths")
  }
  for (name, value) in head.headers.pairs {
    demand(!name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3a }, "field name")
    demand(value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }, "field value")
  }
  demand(head.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }, "target")
  demand(head.path.hasPrefix("/") || head.path == "*", "path")
  // What was accepted means the same when it is written out and read again.
  var again = RequestDecoder(limits: .init(headBytes: 1024))
  again.append(Array(serialised(head).utf8))
  guard case .head(let second) = again.next() else { fatalError("an accepted head is refused") }
  demand(serialised(second) == serialised(head) && second.body == head.body, "a head reads back differently")
  demand(second.path == head.path && second.query == head.query, "a target reads back differently")
}

private func serialised(_ head: RequestHead) -> String {
  let fields = head.headers.pairs.map { "\($0.name): \($0.value)\r\n" }.joined()
  return "\(head.method.name) \(head.target) HTTP/1.\(head.minorVersion)\r\n\(fields)\r\n"
}
