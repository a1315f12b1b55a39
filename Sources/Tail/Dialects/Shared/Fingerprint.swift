import Wire

/// A hash of bytes that is the same in every process: what a dialect remembers instead of the bytes.
///
/// 64 bits: among the 65,536 ids that are kept, two different ones are taken for one with probability 10⁻¹⁰.
func fingerprint(_ bytes: ArraySlice<UInt8>, seed: UInt64 = 0) -> UInt64 {
  bytes.withUnsafeBytes { buffer in
    var hash = seed ^ (UInt64(buffer.count) &* 0x9e37_79b9_7f4a_7c15)
    var position = 0
    while position &+ 8 <= buffer.count {
      hash = mixed(
        hash ^ UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
      position &+= 8
    }
    var rest: UInt64 = 0
    while position < buffer.count {
      rest = rest &<< 8 | UInt64(buffer[position])
      position &+= 1
    }
    return mixed(hash ^ rest)
  }
}

/// The hash of a JSON value as it is written: two spellings of one string differ.
func fingerprint(_ json: JSONSlice, seed: UInt64 = 0) -> UInt64 {
  fingerprint(json.bytes, seed: seed)
}

/// The hash of a text.
func fingerprint(_ text: String, seed: UInt64 = 0) -> UInt64 {
  fingerprint(Array(text.utf8)[...], seed: seed)
}

private func mixed(_ value: UInt64) -> UInt64 {
  var value = value
  value = (value ^ (value &>> 32)) &* 0xd6e8_feb8_6659_fd93
  value = (value ^ (value &>> 32)) &* 0xd6e8_feb8_6659_fd93
  return value ^ (value &>> 32)
}
