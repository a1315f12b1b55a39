import Glibc
import Reactor
import TestSupport
import Testing

@testable import Control

@Suite("Programs that are run", .timeLimit(.minutes(1)))
struct ProgramTests {
  private static func run(
    _ script: String, within limit: Duration = .seconds(30), most: Int = 4096
  ) async throws -> ProgramRun.Outcome {
    var outcome: ProgramRun.Outcome?
    try await withLoop { loop in
      outcome = try await ProgramRun.outcome(
        of: Spawn("/bin/sh", ["-c", script]), on: loop, within: limit, most: most)
    }
    return try #require(outcome)
  }

  @Test("A program's output is whole when its end is told, though it left one running that holds the pipe")
  func whole() async throws {
    let outcome = try await Self.run("sleep 1000 & echo $!; head -c 40000 /dev/zero; exit 3", most: 50_000)
    let newline = try #require(outcome.output.firstIndex(of: 0x0a))
    let left = try #require(Int32(String(decoding: outcome.output[..<newline], as: UTF8.self)))
    #expect(kill(left, SIGKILL) == 0)
    #expect(outcome.output.count == newline + 1 + 40_000)
    #expect(outcome.ending == .exited(.exited(3)))
  }

  @Test("A program that takes too long or writes too much is ended")
  func stopped() async throws {
    #expect(try await Self.run("sleep 1000", within: .milliseconds(20)).ending == .tookTooLong)
    #expect(try await Self.run("yes", most: 10_000).ending == .wroteTooMuch)
  }

  @Test("A program for which descriptors are lacking leaves no process and no descriptor behind")
  func scarceRun() async {
    await #expect(processExitsWith: .success) {
      try await ProgramTests.fail(needing: 3) { loop in
        _ = try await ProgramRun.outcome(
          of: Spawn("sleep", ["1000"]), on: loop, within: .seconds(30), most: 0)
      }
    }
  }

  @Test("An MCP server for which descriptors are lacking leaves no process and no descriptor behind")
  func scarceServer() async {
    await #expect(processExitsWith: .success) {
      try await ProgramTests.fail(needing: 5) { loop in
        try await MCPProgram(loop: loop, mostBytes: 0).start(Spawn("cat"), within: .seconds(30))
      }
    }
  }

  /// Starts a program with each number of descriptors that does not suffice; in a process of its own.
  private static func fail(needing enough: Int, _ start: (EventLoop) async throws -> Void) async throws {
    try await withLoop { loop in
      for left in 0..<enough {
        await withDescriptorsLeft(left) {
          await #expect(throws: (any Error).self) { try await start(loop) }
          #expect(descriptorsLeft() == left)
        }
        #expect(!hasChild())
      }
    }
  }
}
