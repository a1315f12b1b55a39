import Testing

@testable import Wire

@Suite("The grammar of RFC 8259")
struct JSONGrammarTests {
  @Test(
    "Every form that the grammar allows is accepted",
    arguments: [
      "{}", "[]", "null", "true", "false", "0", "-0", "1", "-1", "10", "1.5", "-0.5", "1e5", "1E5", "1e+5",
      "1e-5",
      "1.25e10", "123456789012345678901234567890", "\"\"", "\"a\"", "\" \"", "\"\\\"\"", "\"\\\\\"",
      "\"\\/\"",
      "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\uD83D\\uDE00\"", "\"\\ud800\"", "\"\\uDFFF\"", "\"\u{7f}\"",
      "\"\u{e9}\"", "\"\u{2028}\"", "\"\u{ffff}\"", "\"\u{10ffff}\"", " {} ", "\t\r\n[]\r\n\t", "[1]",
      "[1,2]",
      "[ 1 , 2 ]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":0}", "{\"a\":1,\"a\":2}", "[[[[]]]]",
      "[{},{\"a\":[{}]}]", "[null,true,false,\"x\",1.0,{}]", "\"12345678\"", "\"1234567\\n\"",
      "\"123456789012345\u{e9}\"",
    ])
  func accepts(json: String) {
    #expect(JSONSlice(validating: bytes(json)) != nil)
  }

  @Test(
    "Everything else is refused",
    arguments: [
      "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "{\"a\"}", "{\"a\":}",
      "{\"a\":1,}",
      "{,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{\"a\":1]", "[1}",
      "\"",
      "\"a", "'a'", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\\a\"", "\"\n\"",
      "\"\t\"",
      "\"\u{0}\"", "\"\u{1f}\"", "\"12345678\u{1}\"", "01", "-", "-01", "+1", "1.", ".5", "1.e5", "1e", "1e+",
      "0x10",
      "1_000", "--1", "1a", "Infinity", "NaN", "nul", "nulll", "True", "tru", "falsee", "// x\n1", "/**/1",
      "1 2",
      "{}{}", "[] []", "\u{feff}{}", "\u{a0}1", "\u{b}1", "\u{c}1", "1\u{0}", "[1,\n", "{\"a\":\"b\"",
      "undefined",
    ])
  func refuses(json: String) {
    #expect(JSONSlice(validating: bytes(json)) == nil)
  }

  @Test(
    "Malformed UTF-8 is refused wherever it stands",
    arguments: [
      [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xc3, 0x28], [0xe0, 0x80, 0x80],
      [0xe0, 0x9f, 0xbf],
      [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x98], [0xfe], [0xff],
    ] as [[UInt8]])
  func refusesBadUTF8(bad: [UInt8]) {
    for padding in 0...9 {
      let inside = [0x22] + [UInt8](repeating: 0x61, count: padding) + bad + [0x22]
      #expect(JSONSlice(validating: inside) == nil)
      let asKey = Array("{".utf8) + inside + Array(":1}".utf8)
      #expect(JSONSlice(validating: asKey) == nil)
    }
    #expect(JSONSlice(validating: bad) == nil)
  }

  @Test("512 levels are accepted and 513 are not")
  func depth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    func objects(_ depth: Int) -> String {
      String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }
    #expect(JSONSlice(validating: bytes(nested(512))) != nil)
    #expect(JSONSlice(validating: bytes(nested(513))) == nil)
    #expect(JSONSlice(validating: bytes(objects(512))) != nil)
    #expect(JSONSlice(validating: bytes(objects(513))) == nil)
    #expect(JSONSlice(validating: bytes(String(repeating: "[", count: 1_000_000))) == nil)
  }

  @Test("Brackets that do not match are refused at every level")
  func mixedBrackets() {
    for depth in 1...130 {
      let opening = String(repeating: "[{\"a\":", count: depth)
      let closing = String(repeating: "}]", count: depth)
      #expect(JSONSlice(validating: bytes(opening + "1" + closing)) != nil)
      #expect(JSONSlice(validating: bytes(opening + "1" + closing.dropLast() + "}")) == nil)
    }
  }

  @Test("No beginning of a value is a value")
  func everyPrefix() {
    let whole = Array("{\"a\":[1,{\"b\":\"x\\u00e9\u{e9}y\"},null,true],\"c\":-1.5e3}".utf8)
    for end in 0..<whole.count {
      #expect(JSONSlice(validating: whole[..<end]) == nil, "cut at \(end)")
    }
  }

  @Test("A slice is the value without the white space around it, in a buffer that starts anywhere")
  func trims() {
    let buffer = Array("xx  {\"a\": 1} \n yy".utf8)
    let value = JSONSlice(validating: buffer[2..<(buffer.count - 3)])
    #expect(value?.description == "{\"a\": 1}")
    #expect(value?["a"]?.int == 1)
  }
}
