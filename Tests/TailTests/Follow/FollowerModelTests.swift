import TestSupport
import Testing

@testable import Tail

@Suite("A follower against a model of its file")
struct FollowerModelTests {
  @Test(
    "Whatever happens to a file, every content is delivered whole, in order and once, or a restart is told")
  func random() throws {
    let seed = testSeed()
    var random = SeededGenerator(seed: seed)
    for round in 0..<testRounds(80) {
      var model = try FollowerModel(random: SeededGenerator(seed: random.next()))
      for step in 0..<70 {
        try model.step()
        if let fault = model.fault {
          Issue.record("\(fault)\nround \(round), step \(step), TAILCAST_SEED=\(seed)\n\(model.history)")
          return
        }
      }
    }
  }
}
