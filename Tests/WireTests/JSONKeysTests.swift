import Testing

@testable import Wire

@Suite("Members by their keys")
struct JSONKeysTests {
  private let keys = JSONKeys(["a", "bc", "de", "message"])

  private func found(_ json: String) -> [String?] {
    JSONSlice(Array(json.utf8)).members(keys).map { $0?.description }
  }

  @Test("Each wanted member is found in one pass, wherever it stands")
  func members() {
    #expect(
      found(#"{"x":{"a":9},"de":[1,2],"a":1,"message":{"bc":0}}"#) == ["1", nil, "[1,2]", #"{"bc":0}"#])
    #expect(found("{}") == [nil, nil, nil, nil])
    #expect(found(#"["a",1]"#) == [nil, nil, nil, nil])
  }

  @Test("Of two members with one key the first counts, as for a single look")
  func duplicates() {
    let json = JSONSlice(Array(#"{"a":1,"a":2}"#.utf8))
    #expect(json.members(keys)[0]?.description == json["a"]?.description)
  }

  @Test("A key that is written with escapes is the key that it stands for")
  func escapes() {
    #expect(found(#"{"\u0061":1,"b\u0063":2,"\\":3,"":4,"mess\u0061ge":5}"#) == ["1", "2", nil, "5"])
  }

  @Test("A run of plain bytes ends at the same byte, whatever stands around it", arguments: 0..<40)
  func runs(length: Int) {
    for stop in [0x22, 0x5c, 0x0a, 0x1f, 0x80, 0xff] as [UInt8] {
      for offset in 0..<20 {
        var bytes = [UInt8](repeating: 0x7f, count: offset + length)
        for index in bytes.indices where index % 3 == 0 { bytes[index] = 0x20 }
        bytes += [stop] + [UInt8](repeating: 0x22, count: 20)
        let end = bytes.count
        bytes.withUnsafeBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          #expect(ByteScan.plainRunEnd(base, offset, end) == offset + length)
          #expect(ByteScan.plainRunEnd(base, offset, offset + length) == offset + length)
          let isQuoted = stop == 0x22 || stop == 0x5c
          #expect(ByteScan.quotedRunEnd(base, offset, end) == offset + length + (isQuoted ? 0 : 1))
        }
      }
    }
  }
}
