import Testing

@testable import Storm

struct HistogramTests {
  @Test("A quantile lies at most 1.6 % above the true one, and never below")
  func quantiles() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SplitMix(seed: seed)
    var histogram = Histogram()
    var values: [UInt64] = []
    for _ in 0..<20_000 {
      let value = random.next() >> UInt64(random.next(in: 20...60))
      values.append(value)
      histogram.record(value)
    }
    values.sort()
    for quantile in [0.001, 0.5, 0.9, 0.99, 0.999, 1] {
      let exact = values[max(0, Int((quantile * 20_000).rounded(.up)) - 1)]
      let read = histogram.quantile(quantile)
      #expect(read >= exact, "seed \(seed), quantile \(quantile)")
      #expect(Double(read) <= Double(exact) * 1.016, "seed \(seed), quantile \(quantile)")
    }
    #expect(histogram.max == values.last)
  }

  @Test("Buckets follow each other without a hole, up to the largest value")
  func buckets() {
    for bucket in 0..<Histogram.bucket(of: .max) {
      let end = Histogram.upperEnd(of: bucket)
      #expect(Histogram.bucket(of: end) == bucket)
      #expect(Histogram.bucket(of: end + 1) == bucket + 1)
    }
    #expect(Histogram.upperEnd(of: Histogram.bucket(of: .max)) == .max)
  }

  @Test("Two histograms merged are the histogram of both")
  func merge() {
    var one = Histogram()
    var two = Histogram()
    var both = Histogram()
    for value in 0..<1000 as Range<UInt64> {
      if value % 3 == 0 { one.record(value * value) } else { two.record(value * value) }
      both.record(value * value)
    }
    one.merge(two)
    #expect(one.count == both.count)
    #expect([0.1, 0.5, 0.9].map(one.quantile) == [0.1, 0.5, 0.9].map(both.quantile))
  }

  @Test("Nothing recorded has the quantile zero")
  func empty() {
    #expect(Histogram().quantile(0.99) == 0)
  }
}
