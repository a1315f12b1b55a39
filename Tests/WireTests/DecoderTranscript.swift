@testable import Wire

/// Everything that a decoder says about `input`, as text, with the parts of a body joined.
func transcript(_ input: [UInt8], cuts: [Int] = [], limits: RequestDecoder.Limits = .init()) -> [String] {
  var decoder = RequestDecoder(limits: limits)
  var said: [String] = []
  var body: [UInt8]?
  var start = 0
  for end in cuts.sorted() + [input.count] {
    decoder.append(Array(input[start..<end]))
    start = end
    steps: while true {
      let step = decoder.next()
      if case .body(let part) = step {
        body = (body ?? []) + part
        continue
      }
      if case .needsMore = step { break steps }
      if let whole = body { said.append("body \(text(whole))") }
      body = nil
      switch step {
      case .head(let head): said.append(describe(head))
      case .end: said.append("end")
      case .fault(let fault):
        said.append("fault \(fault.status) \(fault.reason)")
        return said
      case .needsMore, .body: break
      }
    }
  }
  if let whole = body { said.append("body \(text(whole))") }
  return said
}

private func describe(_ head: RequestHead) -> String {
  let fields = head.headers.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
  return
    "\(head.method.name) \(head.path) \(head.query.pairs.map { "\($0.name)=\($0.value)" }) 1.\(head.minorVersion)"
    + " \(fields) \(head.body) keep=\(head.keepAlive) continue=\(head.expectsContinue)"
}
