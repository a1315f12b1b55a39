extension RunResult {
  /// The result as lines for a person.
  public var table: String {
    var rows: [(String, String)] = []
    rows.append(("scenario", "\(scenario.name), seed \(seed)"))
    rows.append(("readers", readersRow))
    rows.append(("written", writtenRow))
    rows.append(("deliveries", deliveriesRow))
    if tally.latency.count > 0 { rows.append(("latency", row(tally.latency) + " (append → receipt)")) }
    if tally.greeting.count > 0 { rows.append(("greeting", row(tally.greeting) + " (connect → hello)")) }
    if scenario.stagger == 0 {
      let rate = joinSeconds > 0 ? Double(joinBytes) / joinSeconds : 0
      rows.append(
        ("join", "\(Figure.bytes(joinBytes)) in \(Figure.seconds(joinSeconds)) (\(Figure.bytes(rate))/s)"))
    }
    if let server { rows.append(contentsOf: serverRows(server)) }
    rows.append(("client", clientRow))
    rows.append(("checks", passed ? "all held" : "FAILED"))
    let width = 12
    var text = ""
    for (name, value) in rows {
      text += name + String(repeating: " ", count: max(1, width - name.utf8.count)) + value + "\n"
    }
    for problem in problems { text += "  ! \(problem)\n" }
    for (kind, count) in tally.violations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text += "  ! \(kind.rawValue): \(count)\n"
    }
    for violation in tally.firstViolations {
      text += "    reader \(violation.reader), \(violation.session), line \(violation.line): "
      text += "\(violation.kind.rawValue): \(violation.detail)\n"
    }
    return text
  }

  private var readersRow: String {
    let all = scenario.readers
    var text =
      "\(all) \(scenario.transport.rawValue)/\(scenario.view.rawValue) over \(scenario.over.rawValue)"
    for (name, share) in [
      ("stalled", scenario.stalled), ("slow", scenario.slow), ("reconnecting", scenario.reconnecting),
    ] where share.of(all) > 0 { text += ", \(share.of(all)) \(name)" }
    return text + "; \(tally.connections) connections, \(tally.drops) dropped, \(tally.losses) lost"
  }

  private var writtenRow: String {
    let perSecond = written.seconds > 0 ? Double(written.lines) / written.seconds : 0
    return
      "\(written.lines) lines, \(Figure.bytes(written.bytes)) to \(scenario.writers) transcripts in "
      + "\(Figure.seconds(written.seconds)) (\(Figure.count(perSecond))/s), latest by "
      + Figure.time(written.latest)
  }

  private var deliveriesRow: String {
    "\(tally.deliveries) checked, \(liveDeliveries) live at \(Figure.count(deliveriesPerSecond))/s, "
      + "\(Figure.bytes(tally.bytes)) in \(tally.reads) reads; \(tally.resets) resets, "
      + "\(tally.lagged) lagged, \(tally.byes) byes, \(tally.heartbeats) heartbeats"
      + (kills > 0 ? ", \(kills) kills" : "")
  }

  private func row(_ histogram: Histogram) -> String {
    "p50 \(Figure.time(histogram.quantile(0.5)))  p90 \(Figure.time(histogram.quantile(0.9)))  "
      + "p99 \(Figure.time(histogram.quantile(0.99)))  max \(Figure.time(histogram.max))"
  }

  private func serverRows(_ server: ServerCosts) -> [(String, String)] {
    var cpu = "cpu \(Figure.seconds(server.liveCPU)) live"
    if let cost = cpuPerDelivery { cpu += " (\(Figure.time(UInt64(max(0, cost) * 1e9))) per delivery)" }
    if let idle = server.idleCPU { cpu += ", idle \(Figure.percent(idle)) of a core" }
    if let start = server.startSeconds { cpu += ", ready after \(Figure.seconds(start))" }
    var memory =
      "rss \(Figure.bytes(server.before.resident)) → \(Figure.bytes(server.connected.resident)) connected → "
      + "\(Figure.bytes(server.after.resident)), peak \(Figure.bytes(server.after.peakResident))"
    if let bytes = bytesPerConnection { memory += ", \(Figure.bytes(bytes)) per connection" }
    memory += "; fds \(server.before.descriptors) → \(server.after.descriptors)"
    return [("server", cpu), ("", memory)]
  }

  private var clientRow: String {
    let compared = tally.deliveries > 0 ? Double(tally.compared) / Double(tally.deliveries) : 0
    return "cpu \(Figure.seconds(clientCPU)) live, longest turn \(Figure.seconds(longestTurn)), "
      + "\(Figure.percent(compared)) of records by comparison"
  }
}
