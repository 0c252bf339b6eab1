/// How urgent an event is. OCSF and OpenTelemetry count differently; both numbers are sent.
package enum Severity: String, CaseIterable, Hashable, Comparable, Sendable {
    case low, medium, high, critical

    /// OCSF `severity_id`.
    package var ocsf: Int64 {
        switch self {
        case .low: 2
        case .medium: 3
        case .high: 4
        case .critical: 5
        }
    }

    /// The CloudEvents severity extension, on OpenTelemetry's scale (INFO, WARN, ERROR, FATAL).
    package var number: Int64 {
        switch self {
        case .low: 9
        case .medium: 13
        case .high: 17
        case .critical: 21
        }
    }

    package static func < (left: Severity, right: Severity) -> Bool { left.ocsf < right.ocsf }
}
