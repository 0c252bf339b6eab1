import Accounts
import Passwords

extension AuditReport {
    /// One page that needs nothing else: no script, no font, no picture from anywhere. Light and dark,
    /// printable, readable without colours.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" \
        content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width">
        <title>Password audit, \(escaped(generatedAt))</title>
        <style>\(auditStyle)</style></head><body>
        \(AuditPlots.definitions)
        <header><h1>Password audit</h1>
        <p class="lead">\(escaped(verdictInWords))</p></header>
        \(subject)
        \(tiles)
        \(figures)
        <section><h2>All numbers</h2>
        \(sections.map(table(of:)).joined(separator: "\n"))</section>
        \(method)
        </body></html>

        """
    }

    private var verdictInWords: String {
        let share = percent(accounts.compliant, of: accounts.accounts)
        let known = accounts.compliant + accounts.nonCompliant
        return "Of \(grouped(accounts.accounts)) accounts, \(grouped(accounts.compliant)) "
            + "(\(share)) are known to comply with \(policy.name) version \(policy.version), "
            + "\(grouped(accounts.nonCompliant)) break a rule of it, and of "
            + "\(grouped(accounts.accounts - known)) it is not known."
    }

    private var subject: String {
        var rows = [
            ("Made on", generatedAt),
            ("Policy", "\(policy.name) version \(policy.version): \(policy.title)"),
            ("Stage", policy.stage + (policy.blockAfter.map { ", from \($0) on" } ?? "")),
            (
                "CNIL",
                "cas n° \(policy.cnilCase), délibération n° 2022-100 du 21 juillet 2022: at least "
                    + "“\(policy.cnilExample)”"
            ),
        ]
        if let candidate {
            rows.append(
                ("Watched", "\(candidate.name) version \(candidate.version): \(candidate.title)"))
        }
        rows.append(("Today's hash", "Argon2id, \(hashCost)"))
        let cells = rows.map {
            "<tr><th scope=\"row\">\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>"
        }
        return "<section><table class=\"facts\">\(cells.joined())</table></section>"
    }

    private var tiles: String {
        let labels = [
            "accounts": "accounts", "compliant": "comply", "non_compliant": "break a rule",
            "unknown": "unknown", "below_cost": "hash below today's cost",
            "breached": "in a breach corpus; \(grouped(corpusUnknown)) not held against one",
            "unused": "unused for \(unusedAfterDays) days",
        ]
        let cells = accounts.named.map { name, value in
            "<div class=\"tile\"><b>\(grouped(value))</b><span>\(escaped(labels[name] ?? name))"
                + "</span><i>\(percent(value, of: accounts.accounts))</i></div>"
        }
        return "<section class=\"tiles\">\(cells.joined())</section>"
    }

    private var figures: String {
        var output = figure(
            "Who complies", "compliant / breaking / unknown",
            [AuditPlots.Bar(label: "all accounts", parts: parts(accounts))])
        output += figure(
            "Broken rules", "accounts that break each rule; one can break several",
            rules.map {
                .init(label: $0.code, parts: [.init(kind: .nonCompliant, count: $0.accounts)])
            })
        if let candidate, let counts = candidateCounts {
            output += figure(
                "What enforcing \(candidate.name) version \(candidate.version) would do",
                "compliant / breaking / not judged by it yet; "
                    + "\(grouped(counts.newlyBreaking)) comply today and would not",
                [
                    .init(label: "today: \(policy.name)", parts: parts(accounts)),
                    .init(
                        label: "then: \(candidate.name)",
                        parts: [
                            .init(kind: .compliant, count: counts.compliant),
                            .init(kind: .nonCompliant, count: counts.nonCompliant),
                            .init(kind: .unknown, count: counts.unknown),
                        ]),
                ])
        }
        output += figure(
            "By application", "compliant / breaking / unknown", bars(largest(applications)))
        output += figure(
            "By month of registration", "compliant / breaking / unknown, the last 24 months",
            bars(registered.suffix(24)))
        output += figure(
            "By month of the last verdict",
            "compliant / breaking / judged by another version, the last 24 months",
            bars(judged.suffix(24)))
        return output
    }

    private func figure(_ title: String, _ caption: String, _ bars: [AuditPlots.Bar]) -> String {
        guard !bars.isEmpty else { return "" }
        return "<figure><h2>\(escaped(title))</h2>\(AuditPlots.legend(bars))"
            + AuditPlots.bars(bars, title: title)
            + "<figcaption>\(escaped(caption))</figcaption></figure>\n"
    }

    private func parts(_ counts: Counts) -> [AuditPlots.Part] {
        [
            .init(kind: .compliant, count: counts.compliant),
            .init(kind: .nonCompliant, count: counts.nonCompliant),
            .init(kind: .unknown, count: counts.unknown),
        ]
    }

    private func bars(_ groups: some Sequence<Group>) -> [AuditPlots.Bar] {
        groups.map { .init(label: $0.name, parts: parts($0.counts)) }
    }

    /// The table has all of them.
    private func largest(_ groups: [Group]) -> [Group] {
        Array(groups.sorted { $0.counts.accounts > $1.counts.accounts }.prefix(20))
    }

    private func table(of section: AuditSection) -> String {
        let head = section.columns.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let rows = section.rows.map { row in
            "<tr data-key=\"\(escaped(row.key))\"><th scope=\"row\">\(escaped(row.label))</th>"
                + row.values.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        return "<h3>\(escaped(section.title))</h3>\n<table id=\"\(section.id)\"><thead><tr>"
            + "<td></td>\(head)</tr></thead>\n<tbody>\(rows.joined(separator: "\n"))"
            + "</tbody></table>"
    }

    private var method: String {
        """
        <section class="method"><h2>How this was found</h2>
        <p>A password is known to the service at two moments: when it is set, and at a sign-in with the \
        right one. Only then is it judged, and what is kept is which rules it broke, under which \
        version of the policy, and when, encrypted for this service alone. No length and no strength is \
        kept. An account that has not signed in since the policy took its present version is therefore \
        <em>unknown</em>, not compliant. Every account that is not closed is counted once; accounts \
        that change while an audit runs may be seen before or after their change.</p>
        <h3>References</h3><ul>
        <li>CNIL, délibération n° 2022-100 du 21 juillet 2022 portant adoption d'une recommandation \
        relative aux mots de passe et autres secrets partagés (abroge la délibération n° 2017-012): \
        cas n° 1 (mot de passe seul), cas n° 2 (avec restriction d'accès), cas n° 3 (matériel détenu)</li>
        <li>Règlement (UE) 2016/679 (RGPD), articles 5, paragraphe 1, point f), et 32</li>
        <li>\(escaped(PolicyAudit.Standard.anssi.source))</li>
        <li>\(escaped(PolicyAudit.Standard.nist.source)); \
        \(escaped(PolicyAudit.Standard.asvs.source))</li></ul></section>
        """
    }
}

/// Of every page that is made here.
let auditStyle = """
    :root{color-scheme:light dark;--bg:#fff;--fg:#1b2430;--soft:#5a6675;--line:#d5dbe3;--card:#f5f7fa;\
    --ok:#0f766e;--bad:#e07a2f;--unk:#c3ccd8;--ink:#7a2e05;--dot:#5a6675}
    @media (prefers-color-scheme:dark){:root{--bg:#12171e;--fg:#e6ebf2;--soft:#9aa7b6;--line:#313b48;\
    --card:#1a212b;--ok:#2fa89c;--bad:#f0964f;--unk:#46525f;--ink:#5c2300;--dot:#a9b5c3}}
    body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;max-width:800px;\
    margin:2rem auto;padding:0 1.2rem}
    h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:0 0 .4rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}
    .lead{font-size:1.05rem}section,figure{margin:1.8rem 0}
    table{border-collapse:collapse;width:100%;font-size:.86rem}th{text-align:left;font-weight:500}
    tbody th{font-weight:400}th,td{padding:.25rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
    td{text-align:right;font-variant-numeric:tabular-nums}thead th{text-align:right;color:var(--soft)}
    .facts th{color:var(--soft);white-space:nowrap;width:1%}.facts td{text-align:left}
    .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(165px,1fr));gap:.6rem}
    .tile{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;\
    display:flex;flex-direction:column}
    .tile b{font-size:1.45rem;font-variant-numeric:tabular-nums}.tile i{color:var(--soft);font-style:normal}
    .plot{width:100%;height:auto;display:block}.plot text{fill:var(--fg);font-size:13px}
    .plot .num{font-variant-numeric:tabular-nums}.axis{stroke:var(--soft)}.edge{stroke:var(--fg);stroke-width:.7}
    rect.ok{fill:var(--ok)}rect.bad{fill:var(--bad)}rect.unk{fill:var(--unk)}.ink{fill:var(--ink)}.dot{fill:var(--dot)}
    .defs{position:absolute}.legend{margin:.2rem 0 .5rem;color:var(--soft);font-size:.85rem}
    .legend span{margin-right:1.2rem}figcaption{color:var(--soft);font-size:.85rem;margin-top:.3rem}
    .method{color:var(--soft);font-size:.9rem}figure{margin-left:0;margin-right:0}
    @media print{:root{--bg:#fff;--fg:#000;--soft:#333;--line:#999;--card:#fff}body{margin:0;max-width:none}\
    figure,.tiles,tr{break-inside:avoid}h2,h3{break-after:avoid}\
    *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
