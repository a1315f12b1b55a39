import Wire

extension RunResult {
  /// The result as one JSON object; times in microseconds unless their name says otherwise.
  public var json: String {
    var writer = JSONWriter()
    writer.object { json in
      json.field("scenario", scenario.name)
      json.field("seed", seed)
      json.field("passed", passed)
      json.key("readers")
      json.object { readers in
        readers.field("count", scenario.readers)
        readers.field("transport", scenario.transport.rawValue)
        readers.field("view", scenario.view.rawValue)
        readers.field("over", scenario.over.rawValue)
        readers.field("stalled", scenario.stalled.of(scenario.readers))
        readers.field("slow", scenario.slow.of(scenario.readers))
        readers.field("reconnecting", scenario.reconnecting.of(scenario.readers))
      }
      json.key("written")
      json.object { object in
        object.field("transcripts", scenario.writers)
        object.field("lines", written.lines)
        object.field("bytes", written.bytes)
        object.field("seconds", written.seconds)
        object.field("latest_us", Double(written.latest) / 1e3)
      }
      json.key("deliveries")
      json.object { deliveries(&$0) }
      json.key("latency")
      json.object { histogram(tally.latency, &$0) }
      json.key("greeting")
      json.object { histogram(tally.greeting, &$0) }
      json.key("join")
      json.object { join in
        join.field("seconds", joinSeconds)
        join.field("bytes", joinBytes)
      }
      if let server {
        json.key("server")
        json.object { costs(server, &$0) }
      }
      json.key("client")
      json.object { client in
        client.field("cpu_seconds", clientCPU)
        client.field("longest_turn_us", longestTurn * 1e6)
      }
      json.key("problems")
      json.array { list in for problem in problems { list.value(problem) } }
      json.key("violations")
      json.array { list in
        for violation in tally.firstViolations { list.object { self.violation(violation, &$0) } }
      }
    }
    return String(decoding: writer.take(), as: UTF8.self)
  }

  private func deliveries(_ json: inout JSONWriter) {
    json.field("checked", tally.deliveries)
    json.field("live", liveDeliveries)
    json.field("live_seconds", liveSeconds)
    json.field("per_second", deliveriesPerSecond)
    json.field("bytes", tally.bytes)
    json.field("reads", tally.reads)
    json.field("connections", tally.connections)
    json.field("drops", tally.drops)
    json.field("losses", tally.losses)
    json.field("kills", kills)
    json.field("resets", tally.resets)
    json.field("lagged", tally.lagged)
    json.field("byes", tally.byes)
    json.field("heartbeats", tally.heartbeats)
    json.key("violations")
    json.object { object in
      for (kind, count) in tally.violations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        object.key(kind.rawValue)
        object.value(count)
      }
    }
  }

  private func histogram(_ histogram: Histogram, _ json: inout JSONWriter) {
    json.field("count", histogram.count)
    json.field("p50_us", Double(histogram.quantile(0.5)) / 1e3)
    json.field("p90_us", Double(histogram.quantile(0.9)) / 1e3)
    json.field("p99_us", Double(histogram.quantile(0.99)) / 1e3)
    json.field("max_us", Double(histogram.max) / 1e3)
  }

  private func costs(_ server: ServerCosts, _ json: inout JSONWriter) {
    json.field("cpu_seconds_live", server.liveCPU)
    if let cost = cpuPerDelivery { json.field("cpu_us_per_delivery", cost * 1e6) }
    if let idle = server.idleCPU { json.field("idle_cpu_share", idle) }
    if let start = server.startSeconds { json.field("start_seconds", start) }
    json.field("rss_before", server.before.resident)
    json.field("rss_connected", server.connected.resident)
    json.field("rss_after", server.after.resident)
    json.field("rss_peak", server.after.peakResident)
    if let bytes = bytesPerConnection { json.field("rss_per_connection", bytes) }
    json.field("fds_before", server.before.descriptors)
    json.field("fds_connected", server.connected.descriptors)
    json.field("fds_after", server.after.descriptors)
  }

  private func violation(_ violation: Violation, _ json: inout JSONWriter) {
    json.field("kind", violation.kind.rawValue)
    json.field("reader", violation.reader)
    json.field("session", violation.session)
    json.field("line", violation.line)
    json.field("detail", violation.detail)
  }
}
