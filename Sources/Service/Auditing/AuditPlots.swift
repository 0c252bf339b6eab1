import Accounts

/// Plots as inline SVG: bars whose parts differ by pattern as well as by colour, each with its number
/// beside it, so that they say the same on paper, in the dark and to those who see no colours.
struct AuditPlots {
    /// One bar and what it is made of.
    struct Bar {
        let label: String
        let parts: [Part]

        var total: Int { parts.reduce(0) { $0 + $1.count } }
    }

    struct Part {
        let kind: Kind
        let count: Int
    }

    /// The raw value is the pattern's and the colour's name in the style sheet.
    enum Kind: String, CaseIterable {
        case compliant = "ok"
        case nonCompliant = "bad"
        case unknown = "unk"

        var text: String {
            switch self {
            case .compliant: "comply"
            case .nonCompliant: "break a rule"
            case .unknown: "unknown"
            }
        }
    }

    /// Patterns that the plots fill with; once in a page.
    static let definitions = """
        <svg width="0" height="0" aria-hidden="true" class="defs"><defs>
        <pattern id="ok" width="8" height="8" patternUnits="userSpaceOnUse">\
        <rect width="8" height="8" class="ok"/></pattern>
        <pattern id="bad" width="7" height="7" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><rect width="7" height="7" class="bad"/>\
        <rect width="2.5" height="7" class="ink"/></pattern>
        <pattern id="unk" width="7" height="7" patternUnits="userSpaceOnUse">\
        <rect width="7" height="7" class="unk"/><circle cx="2" cy="2" r="1.3" class="dot"/>\
        </pattern>
        </defs></svg>
        """

    static let legend =
        "<p class=\"legend\">"
        + Kind.allCases.map { kind in
            "<span><svg width=\"18\" height=\"12\" aria-hidden=\"true\"><rect width=\"18\" "
                + "height=\"12\" fill=\"url(#\(kind.rawValue))\" class=\"edge\"/></svg> "
                + "\(kind.text)</span>"
        }.joined(separator: " ") + "</p>"

    private static let labelWidth = 170
    private static let barWidth = 400
    private static let width = 760
    private static let rowHeight = 30

    /// Bars one under another on one scale.
    ///
    /// - Parameter title: what is seen, for those who hear it.
    static func bars(_ bars: [Bar], title: String) -> String {
        let most = max(1, bars.map(\.total).max() ?? 1)
        let height = bars.count * rowHeight + 8
        var svg =
            "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" class=\"plot\">"
            + "<title>\(escaped(title))</title>\n"
        for (index, bar) in bars.enumerated() {
            svg += row(bar, y: index * rowHeight + 4, most: most)
        }
        svg += "<line x1=\"\(labelWidth)\" y1=\"0\" x2=\"\(labelWidth)\" y2=\"\(height)\" "
        return svg + "class=\"axis\"/></svg>\n"
    }

    private static func row(_ bar: Bar, y: Int, most: Int) -> String {
        var svg =
            "<text x=\"\(labelWidth - 10)\" y=\"\(y + 16)\" text-anchor=\"end\">"
            + "\(escaped(shortened(bar.label)))</text>"
        var x = labelWidth
        for part in bar.parts where part.count > 0 {
            // What is there is seen: two units at least.
            let width = max(2, part.count * barWidth / most)
            svg +=
                "<rect x=\"\(x)\" y=\"\(y + 2)\" width=\"\(width)\" height=\"20\" "
                + "fill=\"url(#\(part.kind.rawValue))\" class=\"edge\"><title>"
                + "\(part.kind.text): \(part.count)</title></rect>"
            x += width
        }
        let numbers = bar.parts.map { grouped($0.count) }.joined(separator: " / ")
        return svg + "<text x=\"\(x + 8)\" y=\"\(y + 16)\" class=\"num\">\(numbers)</text>\n"
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 24 ? text : text.prefix(23) + "…"
    }
}

/// For the text of HTML and of its attributes in double quotes.
func escaped(_ text: String) -> String {
    var output = ""
    for character in text.unicodeScalars {
        switch character {
        case "&": output += "&amp;"
        case "<": output += "&lt;"
        case ">": output += "&gt;"
        case "\"": output += "&quot;"
        case "'": output += "&#39;"
        default: output.unicodeScalars.append(character)
        }
    }
    return output
}

/// `1 234 567`, with thin spaces that do not break.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    var output = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { output += "\u{202F}" }
        output.append(digit)
    }
    return output
}

/// `12.3 %`, cut and not rounded, so that all but a few is never everything; 0 of nothing.
func percent(_ part: Int, of whole: Int) -> String {
    let tenths = whole == 0 ? 0 : part * 1_000 / whole
    return "\(tenths / 10).\(tenths % 10) %"
}
