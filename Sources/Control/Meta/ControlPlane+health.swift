import Glibc
import Reactor
import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET readyz`
  func readyz() async -> Response {
    let tail = await sessions.health()
    let stored = await store.status
    let isReady = phase == .ready && tail.isReady
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", isReady ? "ready" : phase == .draining ? "draining" : "starting")
      writer.key("checks")
      writer.object { writer in
        writer.field("store", stored.reason == nil ? "ok" : "degraded")
        writer.field("reconcile", tail.isReady ? "ok" : "listing")
        writer.field("tail", tail.mode.rawValue)
        writer.field("listeners", phase == .draining ? "closing" : "ok")
      }
    }
    return .json(writer.take(), status: isReady ? 200 : 503)
  }

  /// `GET health`
  func health() async -> Response {
    let asked = Instant.current()
    let tail = await sessions.health()
    let tailTook = Instant.current() - asked
    let stored = await store.status
    let storeTook = Instant.current() - asked - tailTook
    let counted = await statistics?.statistics() ?? []
    let feedHealth = await feed.health
    let indexed = await indexer.health()
    let isImpaired =
      stored.reason != nil || feedHealth.failure != nil || feedHealth.lost > 0 || indexed.reason != nil
    let status = isImpaired && !tail.isReady ? "unhealthy" : isImpaired || !tail.isReady ? "degraded" : "ok"
    let now = clockMS()
    var writer = JSONWriter(reserving: 1024)
    writer.object { writer in
      writer.field("status", status)
      writer.field("service", "tailcast")
      writer.field("version", rules.version)
      writer.field("pid", getpid())
      writer.field("phase", phase.rawValue)
      writer.field("started_at", Timestamp.text(rules.startedAtMS))
      writer.field("uptime_secs", (now - rules.startedAtMS) / 1000)
      writer.key("backend")
      writer.object { writer in
        writer.field("status", tail.isReady ? "ok" : "starting")
        writer.field("latency_ms", tailTook.inMilliseconds)
      }
      writer.key("database")
      writer.object { writer in
        writer.field("status", stored.reason == nil ? "ok" : "degraded")
        writer.fieldIfPresent("reason", stored.reason)
        writer.field("latency_ms", storeTook.inMilliseconds)
        writer.field("bytes", stored.bytes)
        writer.fieldIfPresent("moved_aside", stored.movedAside)
      }
      writer.key("redis")
      writer.object { $0.field("status", "off") }
      writer.key("tail")
      Self.write(tail, into: &writer)
      writer.key("streams")
      writer.object { writer in
        writer.field("sse", counted.reduce(0) { $0 + $1.sseStreams })
        writer.field("ws", counted.reduce(0) { $0 + $1.webSockets })
      }
      writer.key("feed")
      writer.object { writer in
        writer.field("status", feedHealth.failure == nil ? "ok" : "degraded")
        writer.fieldIfPresent("reason", feedHealth.failure)
        writer.field("pending", feedHealth.pending)
        writer.field("lost", feedHealth.lost)
      }
      writer.key("search")
      writer.object { writer in
        writer.field("status", indexed.state)
        writer.fieldIfPresent("reason", indexed.reason)
        writer.field("files", indexed.files)
        writer.field("files_done", indexed.filesDone)
        writer.field("bytes", indexed.bytes)
        writer.field("bytes_done", indexed.bytesDone)
      }
    }
    return .json(writer.take(), status: status == "unhealthy" ? 503 : 200)
  }

  private static func write(_ tail: TailHealth, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("mode", tail.mode.rawValue)
      writer.fieldIfPresent("poll_reason", tail.pollReason)
      writer.field("watches", tail.watches)
      writer.fieldOrNull("watch_limit", tail.watchLimit)
      writer.field("polled_directories", tail.polledDirectories)
      writer.field("files", tail.files)
      writer.field("followed", tail.followed)
      writer.field("lag_bytes", tail.lagBytes)
      writer.field("overflows", tail.overflows)
      writer.field("reconciles", tail.reconciles)
    }
  }
}

extension StoreStatus {
  /// Why something is not stored; nil while all is.
  var reason: String? {
    if case .degraded(let reason) = health { return reason }
    return nil
  }
}

extension Duration {
  /// Milliseconds with three decimals.
  var inMilliseconds: Double { Double(wholeNanoseconds / 1000) / 1000 }
}
