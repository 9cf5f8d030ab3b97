import CNettle

/// Digests of bytes, by nettle.
package enum MessageDigest {
    /// MD5 (RFC 1321), 16 bytes: for cameras' Digest logins only.
    package static func md5(of bytes: [UInt8]) -> [UInt8] {
        digest(of: 16) { result, count in
            var state = md5_ctx()
            nettle_md5_init(&state)
            nettle_md5_update(&state, bytes.count, bytes)
            nettle_md5_digest(&state, count, result)
        }
    }

    /// SHA-1 (RFC 3174), 20 bytes: for WebSocket handshakes only.
    package static func sha1(of bytes: [UInt8]) -> [UInt8] {
        digest(of: 20) { result, count in
            var state = sha1_ctx()
            nettle_sha1_init(&state)
            nettle_sha1_update(&state, bytes.count, bytes)
            nettle_sha1_digest(&state, count, result)
        }
    }

    /// SHA-256 (RFC 6234), 32 bytes.
    package static func sha256(of bytes: [UInt8]) -> [UInt8] {
        digest(of: 32) { result, count in
            var state = sha256_ctx()
            nettle_sha256_init(&state)
            nettle_sha256_update(&state, bytes.count, bytes)
            nettle_sha256_digest(&state, count, result)
        }
    }

    /// HMAC with SHA-256 (RFC 2104), 32 bytes.
    package static func hmacSHA256(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        digest(of: 32) { result, count in
            var state = hmac_sha256_ctx()
            nettle_hmac_sha256_set_key(&state, key.count, key)
            nettle_hmac_sha256_update(&state, bytes.count, bytes)
            nettle_hmac_sha256_digest(&state, count, result)
        }
    }

    /// Whether two byte strings are the same, in a time that tells nothing about where they differ.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && nettle_memeql_sec(one, other, one.count) == 1
    }

    private static func digest(of count: Int, _ fill: (UnsafeMutablePointer<UInt8>?, Int) -> Void) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(buffer.baseAddress, count)
            initialized = count
        }
    }
}
