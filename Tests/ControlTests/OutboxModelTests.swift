import Store
import TestSupport
import Testing
import Wire

@testable import Control

/// The outbox driven through crashes and failures of every kind, against what a receiver must have seen.
@Suite("The outbox")
struct OutboxModelTests {
  private static func contract(_ id: String) -> HookContract {
    HookContract(
      id: id, url: "http://\(id).example/", secret: nil,
      criteria: HookCriteria(type: Criterion(pattern: Wildcard("*"))), createdMS: 0, expiresMS: nil)
  }

  private static func database() throws -> Database {
    let database = try Database(path: ":memory:")
    try database.execute(WebhookSchema.sql)
    return database
  }

  private static func change(_ seq: Int64) -> Change {
    var change = Change(timestampMS: seq, topic: "sessions", type: "session.updated", payload: "{}")
    change.seq = seq
    return change
  }

  @Test(
    "Whatever fails and whenever the process dies, a receiver gets every event, in order, or its dead letter says why",
    arguments: 0..<20)
  func model(_: Int) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let database = try Self.database()
    var rules = HookRules()
    rules.attempts = 4
    let outbox = Outbox(database: database, epoch: Epoch(1), rules: rules)
    let names = ["a", "b", "c"]
    for name in names { _ = try outbox.keep(Self.contract(name), replacing: false) }
    let retry = HookRetry(attempts: rules.attempts)

    var (now, events): (Int64, Int64) = (0, 0)
    var plan = DeliveryPlan(limit: 2)
    var running: [HookJob] = []
    var seen: [String: [Int64]] = [:]
    func settle(_ job: HookJob, _ outcome: HookOutcome) throws {
      _ = try outbox.settle(
        job, retry.verdict(outcome, attempt: job.attempt, nowMS: now), status: outcome.status, nowMS: now)
      plan.inFlight.remove(job.contract)
    }
    var isEnding = false
    for step in 0..<100_000 {
      isEnding = step >= 600
      if isEnding, running.isEmpty, try outbox.heads().isEmpty { break }
      switch Int.random(in: 0..<10, using: &generator) {
      case 0, 1:
        guard !isEnding else { continue }
        events += 1
        _ = try outbox.enqueue([Self.change(events)], nowMS: now)
      case 2...5:
        let (begin, _) = plan.next(try outbox.heads(), nowMS: now)
        for head in begin {
          let job = try #require(try outbox.claim(head.seq, nowMS: now))
          plan.inFlight.insert(job.contract)
          running.append(job)
        }
        #expect(running.count <= plan.limit, "seed \(seed)")
      case 6, 7:
        guard let index = running.indices.randomElement(using: &generator) else { continue }
        let job = running.remove(at: index)
        let event = try #require(Int64(job.eventID.split(separator: "-")[1]))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: try settle(job, .unreachable("down"))
        case 1: try settle(job, .answered(status: 503, retryAfter: 2))
        default:
          seen[job.contract, default: []].append(event)
          try settle(job, .answered(status: 200, retryAfter: nil))
        }
      case 8:
        // The process dies: what it was sending may have arrived, nothing of it is written down.
        guard !isEnding, Bool.random(using: &generator) else { continue }
        for job in running where Bool.random(using: &generator) {
          seen[job.contract, default: []].append(try #require(Int64(job.eventID.split(separator: "-")[1])))
        }
        running = []
        plan.inFlight = []
      default: now += Int64.random(in: 1...20000, using: &generator)
      }
    }
    #expect(try outbox.heads().isEmpty, "seed \(seed)")
    for name in names {
      let dead = try database.query(
        "SELECT event_id FROM hook_deliveries WHERE contract_id = ? AND state = 'failed'", name
      ) { Int64($0.text(0).split(separator: "-")[1]) ?? 0 }
      let order = seen[name, default: []]
      let isInOrder = order == order.sorted()
      #expect(isInOrder, "seed \(seed): out of order")
      let missing = Set(events == 0 ? [] : Array(1...events)).subtracting(order).subtracting(dead)
      #expect(missing.isEmpty, "seed \(seed): lost")
      let pending = try database.first("SELECT pending FROM hook_contracts WHERE id = ?", name) { $0.int(0) }
      #expect(pending == 0, "seed \(seed)")
    }
  }

  @Test("A receiver that takes nothing holds a bounded number of deliveries")
  func bounded() throws {
    let database = try Self.database()
    var rules = HookRules()
    rules.maxPending = 3
    let outbox = Outbox(database: database, epoch: Epoch(1), rules: rules)
    _ = try outbox.keep(Self.contract("a"), replacing: false)
    #expect(try outbox.enqueue((1...5).map(Self.change), nowMS: 0) == 3)
    let dead = try database.query("SELECT reason FROM hook_deliveries WHERE state = 'failed'") { $0.text(0) }
    #expect(dead.count == 2 && dead.allSatisfy { $0.contains("hooks.max_pending") })
  }

  @Test("What came before the end of a contract's time is delivered, what comes after is not")
  func expiry() throws {
    let database = try Self.database()
    let outbox = Outbox(database: database, epoch: Epoch(1), rules: HookRules())
    var contract = Self.contract("a")
    contract.expiresMS = 1000
    _ = try outbox.keep(contract, replacing: false)
    #expect(try outbox.nextExpiryMS() == 1000)
    #expect(try outbox.enqueue([Self.change(1)], nowMS: 999) == 1)
    #expect(try outbox.enqueue([Self.change(2)], nowMS: 1000) == 0)
    #expect(try outbox.expire(nowMS: 1000).map(\.type) == ["hook.deactivated"])
    #expect(try outbox.contracts().isEmpty)
    let head = try #require(try outbox.heads().first)
    let job = try #require(try outbox.claim(head.seq, nowMS: 1000))
    #expect(try outbox.settle(job, .delivered, status: 200, nowMS: 1001).map(\.type) == ["hook.delivered"])
    #expect(try database.first("SELECT count(*) FROM hook_contracts") { $0.int(0) } == 0)
  }

  @Test("The answer to an attempt that is not the newest one changes nothing")
  func fenced() throws {
    let database = try Self.database()
    let outbox = Outbox(database: database, epoch: Epoch(1), rules: HookRules())
    _ = try outbox.keep(Self.contract("a"), replacing: false)
    _ = try outbox.enqueue([Self.change(1)], nowMS: 0)
    let first = try #require(try outbox.claim(1, nowMS: 0))
    let second = try #require(try outbox.claim(1, nowMS: 60_000))
    #expect(try outbox.settle(first, .delivered, status: 200, nowMS: 60_001).isEmpty)
    #expect(try outbox.settle(second, .delivered, status: 200, nowMS: 60_002).count == 1)
    #expect(try outbox.settle(second, .delivered, status: 200, nowMS: 60_003).isEmpty)
  }

  @Test("Finished deliveries beyond hooks.keep are forgotten, those that wait are not")
  func trimmed() throws {
    let database = try Self.database()
    var rules = HookRules()
    rules.keep = 100
    rules.maxPending = 50
    let outbox = Outbox(database: database, epoch: Epoch(1), rules: rules)
    _ = try outbox.keep(Self.contract("a"), replacing: false)
    _ = try outbox.enqueue((1...1024).map(Self.change), nowMS: 0)
    let counts = try database.query(
      "SELECT state, count(*) FROM hook_deliveries GROUP BY state ORDER BY state"
    ) {
      ($0.text(0), $0.int(1))
    }
    #expect(counts.map(\.0) == ["failed", "pending"] && counts.map(\.1) == [100, 50])
  }
}
