import Testing

@testable import Wire

@Suite("Reading values out of a slice")
struct JSONSliceTests {
  private func value(_ json: String) throws -> JSONSlice {
    try #require(JSONSlice(validating: bytes(json)))
  }

  @Test("A member is found by its key, the first one if there are two")
  func members() throws {
    let json = try value(
      "{\"a\":{\"x\":1},\"b\":[{\"a\":2}],\"s\":\"}{\\\"a\\\":9\",\"c\" : 3 ,\"c\":4,\"\":5,\"n\":null}")
    #expect(json["a"]?["x"]?.int == 1)
    #expect(json.member("a", "x")?.int == 1)
    #expect(json.member("a", "y") == nil)
    #expect(json["b"]?.elements.first?["a"]?.int == 2)
    #expect(json["c"]?.int == 3)
    #expect(json[""]?.int == 5)
    #expect(json["n"]?.isNull == true)
    #expect(json["x"] == nil)
    #expect(json["s"]?["a"] == nil)
    let name = "c"
    #expect(json[name]?.int == 3)
  }

  @Test("A key that is written with escapes is the same key")
  func escapedKeys() throws {
    let json = try value("{\"t\\u0079pe\":\"user\",\"a\\nb\":1,\"\\\"\":2}")
    #expect(json["type"]?.string == "user")
    #expect(json["a\nb"]?.int == 1)
    #expect(json["\""]?.int == 2)
    #expect(json["a\\nb"] == nil)
  }

  @Test("Strings are decoded, lone surrogates become U+FFFD")
  func strings() throws {
    #expect(try value("\"\"").string == "")
    #expect(try value("\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"").string == "a\"b\\c/d\u{8}\u{c}\n\r\t")
    #expect(try value("\"\\u00e9\u{e9}\\u20ac\"").string == "\u{e9}\u{e9}\u{20ac}")
    #expect(try value("\"\\ud83d\\ude00!\"").string == "\u{1f600}!")
    #expect(try value("\"\\ud83d\"").string == "\u{fffd}")
    #expect(try value("\"\\ud83dx\"").string == "\u{fffd}x")
    #expect(try value("\"\\ude00\\ud83d\"").string == "\u{fffd}\u{fffd}")
    #expect(try value("\"\\ud83d\\u0041\"").string == "\u{fffd}A")
    #expect(try value("\"\\ud83d\\ud83d\\ude00\"").string == "\u{fffd}\u{1f600}")
    #expect(try value("\"\\u0000\"").string == "\0")
    #expect(try value("1").string == nil)
  }

  @Test("Numbers are exact or absent")
  func numbers() throws {
    #expect(try value("9223372036854775807").int == .max)
    #expect(try value("-9223372036854775808").int == .min)
    #expect(try value("9223372036854775808").int == nil)
    #expect(try value("1.0").int == 1)
    #expect(try value("1e3").int == 1000)
    #expect(try value("1.5").int == nil)
    #expect(try value("1.5").double == 1.5)
    #expect(try value("1e999").double == nil)
    #expect(try value("-0").double == 0)
    #expect(try value("\"1\"").int == nil)
    #expect(try value("true").int == nil)
  }

  @Test("Kinds, literals and what is none of them")
  func kinds() throws {
    let expected: [(String, JSONKind)] = [
      ("{}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("true", .bool), ("false", .bool),
      ("null", .null),
    ]
    for (json, kind) in expected { #expect(try value(json).kind == kind) }
    #expect(try value("true").bool == true)
    #expect(try value("false").bool == false)
    #expect(try value("1").bool == nil)
    #expect(JSONSlice.null.isNull)
    #expect(JSONSlice(int: -5).int == -5)
    #expect(JSONSlice(bool: true).bool == true)
    #expect(JSONSlice(string: "a\"\n\u{1}").string == "a\"\n\u{1}")
  }

  @Test("Elements and members come in order, with nesting and white space between them")
  func iteration() throws {
    let json = try value("[ 1 , [2,[3]] , {\"a\":[4]} , \"]\" , null ]")
    #expect(json.elements.map(\.description) == ["1", "[2,[3]]", "{\"a\":[4]}", "\"]\"", "null"])
    #expect(try value("[ ]").elements.isEmpty)
    #expect(try value("{}").elements.isEmpty)
    var seen: [String] = []
    try value("{ \"a\" : 1 , \"b\\n\" : { \"c\" : 2 } , \"d\" : [ ] }").forEachMember {
      seen.append("\($0)=\($1)")
    }
    #expect(seen == ["a=1", "b\n={ \"c\" : 2 }", "d=[ ]"])
  }

  @Test("A prefix and blankness are seen through escapes and leading white space")
  func prefixes() throws {
    #expect(try value("\"  \\n<command-name>x\"").hasStringPrefix("<command-name>"))
    #expect(try value("\"\\u003ccommand\"").hasStringPrefix("<comm"))
    #expect(try !value("\"<comm\"").hasStringPrefix("<command"))
    #expect(try value("\"\"").hasStringPrefix(""))
    #expect(try !value("1").hasStringPrefix(""))
    #expect(try value("\" \\n\\t\\u00a0\u{3000}\"").isBlankString)
    #expect(try value("\"\"").isBlankString)
    #expect(try !value("\" . \"").isBlankString)
    #expect(try !value("[]").isBlankString)
  }

  @Test("Bytes that were wrongly called trusted never read outside the slice")
  func wrongTrust() {
    let whole = Array("{\"a\":[1,{\"b\":\"x\\u00e9\"},tru],\"c\\\"\":\"\\".utf8)
    for start in 0..<whole.count {
      for end in start...whole.count {
        let slice = JSONSlice(trusted: Array(whole[start..<end])[...])
        _ = slice["a"]
        _ = slice["c\""]
        _ = slice.elements
        _ = slice.string
        _ = slice.int
        _ = slice.isBlankString
        slice.forEachMember { _, _ in }
      }
    }
  }

  @Test("A number is whole only if it is exactly what was written")
  func wholeNumbers() {
    let rows: [(String, Int64?)] = [
      ("7", 7), ("-0", 0), ("1.0", 1), ("1e3", 1000), ("1.5", nil),
      ("9007199254740992.0", 9_007_199_254_740_992),
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("-9223372036854775809", nil),
      ("9223372036854775808", nil), ("1e300", nil), ("9007199254740994.0", nil),
    ]
    for (text, number) in rows { #expect(JSONSlice(Array(text.utf8)).int == number, "\(text)") }
  }
}
