import Testing

@testable import Tail

@Suite("Transcripts waiting to be read for the listing")
struct SurveyQueueTests {
  @Test("Each comes once, in the order of asking, and may come again after its turn")
  func order() {
    var queue = SurveyQueue()
    #expect(queue.isEmpty && queue.next() == nil)
    for path in ["a", "b", "a", "c", "b"] { queue.add(path) }
    #expect(queue.next() == "a")
    queue.add("a")
    #expect([queue.next(), queue.next(), queue.next(), queue.next()] == ["b", "c", "a", nil])
    #expect(queue.isEmpty)
    queue.add("a")
    #expect(!queue.isEmpty && queue.next() == "a" && queue.isEmpty)
  }

  @Test("A writer without pause does not make a round endless")
  func rounds() {
    var queue = SurveyQueue()
    queue.add("a")
    queue.add("b")
    var round: [String] = []
    for _ in 0..<queue.count {
      guard let path = queue.next() else { break }
      round.append(path)
      queue.add(path)
    }
    #expect(round == ["a", "b"] && queue.count == 2)
  }
}
