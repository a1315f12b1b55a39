import Testing
import Wire

@testable import Client

@Suite("The order of events")
struct CursorOrderTests {
  @Test(
    "An event is behind another one by its place; the last part of a record has no number",
    arguments: [
      ("0000000a-20", "0000000a-9", true), ("0000000a-9", "0000000a-20", false),
      ("0000000a-9", "0000000a-9", false), ("0000000a-9.2", "0000000a-9.1", true),
      ("0000000a-9", "0000000a-9.7", true), ("0000000a-9.7", "0000000a-9", false),
      ("0000000b-1", "0000000a-9", true), ("0000000a-1", nil, true), (nil, "0000000a-9", false),
      (nil, nil, false),
    ] as [(String?, String?, Bool)])
  func order(id: String?, other: String?, isBeyond: Bool) {
    #expect(Cursor.isBeyond(id, other) == isBeyond)
  }
}
