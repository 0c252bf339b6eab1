import Accounts
import Incidents

/// Places in logs whose ids are UUIDv7.
enum EventPosition {
    /// An id that stands in front of every one of this millisecond or later.
    static func before(_ time: Timestamp) -> String {
        EventID(at: time, random: [UInt8](repeating: 0, count: 10)).text
    }
}
