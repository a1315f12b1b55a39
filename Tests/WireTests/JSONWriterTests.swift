import TestSupport
import Testing

@testable import Wire

@Suite("Writing JSON")
struct JSONWriterTests {
  @Test("The writer sets the commas")
  func commas() {
    var writer = JSONWriter()
    writer.object { object in
      object.field("a", 1)
      object.field("b", "x")
      object.key("c")
      object.array { array in
        array.value(1)
        array.value(true)
        array.null()
        array.object { _ in }
        array.array { _ in }
        array.value(0.5)
      }
      object.fieldIfPresent("d", nil as String?)
      object.fieldOrNull("e", nil as Int?)
      object.fieldIfPresent("f", 2 as Int64?)
      object.field("g", JSONSlice(string: "y"))
      let name = "h\""
      object.key(name)
      object.value(false)
    }
    let expected =
      "{\"a\":1,\"b\":\"x\",\"c\":[1,true,null,{},[],0.5],\"e\":null,\"f\":2,\"g\":\"y\",\"h\\\"\":false}"
    #expect(text(writer.bytes) == expected)
    #expect(text(writer.take()) == expected)
    #expect(writer.bytes.isEmpty)
  }

  @Test("Numbers at the edges are valid JSON and read back the same")
  func numbers() {
    for number in [0.0, -0.0, 1, 0.1, 1e21, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -1.5e-7] {
      var writer = JSONWriter()
      writer.value(number)
      #expect(JSONSlice(validating: writer.bytes)?.double == number, "\(text(writer.bytes))")
    }
    for number in [Double.nan, .infinity, -.infinity] {
      var writer = JSONWriter()
      writer.value(number)
      #expect(text(writer.bytes) == "null")
    }
    var writer = JSONWriter()
    writer.array {
      $0.value(UInt64.max)
      $0.value(Int64.min)
    }
    #expect(text(writer.bytes) == "[18446744073709551615,-9223372036854775808]")
  }

  @Test("Any text reads back as itself and brings no control character into the output")
  func strings() {
    let seed = testSeed()
    var generator = SeededGenerator(seed: seed)
    let alphabet: [Unicode.Scalar] =
      (0...0x80).compactMap { Unicode.Scalar($0) } + [
        "\u{e9}", "\u{2028}", "\u{2029}", "\u{1f600}", "\u{fffd}",
      ]
    for _ in 0..<500 {
      var string = ""
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        string.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? " ")
      }
      let slice = JSONSlice(string: string)
      #expect(slice.bytes.allSatisfy { $0 >= 0x20 }, "seed \(seed)")
      let valid = JSONSlice(validating: slice.bytes)
      #expect(valid?.string.map { Array($0.utf8) } == Array(string.utf8), "seed \(seed)")
    }
  }

  @Test("U+2028 stays raw")
  func separators() {
    #expect(JSONSlice(string: "\u{2028}").description == "\"\u{2028}\"")
  }

  @Test("Line breaks between the tokens of a raw value become spaces")
  func rawLineBreaks() {
    var writer = JSONWriter()
    writer.array {
      $0.raw(JSONSlice(Array("{\r\n\"a\":\n1}".utf8)))
      $0.raw(JSONSlice(Array("\n2".utf8)))
    }
    #expect(text(writer.bytes) == "[{  \"a\": 1}, 2]")
  }
}
