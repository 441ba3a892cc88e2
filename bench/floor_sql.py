"""The SQL of the floor, by hand."""

GRANTS = """
SELECT g.dialogue_id AS dialogue, g.marking, c.compartment_id AS circle
FROM access_grant g LEFT JOIN access_grantcompartment c ON c.grant_id = g.id
WHERE g.user_id = %(user)s AND g.state = 'active' AND g.valid_from <= %(now)s AND g.valid_to > %(now)s
"""
# The rule (casetracker/access/see.py) for one grant, over the columns of "c".
REACH = """c.dialogue_id = %(dialogue)s AND c.marking <= %(marking)s
AND (c.compartment_id IS NULL OR c.compartment_id = %(circle)s)"""
LIST = """
SELECT c.id, c.reference, c.version, c.latin_name, c.original_name, c.original_lang, c.status, c.place_name,
    c.detained_text, c.themes_text, c.state, c.marking, u.name AS owner, c.next_due, c.next_step, c.changed_at
FROM cases_case c LEFT JOIN access_user u ON u.id = c.owner_id
WHERE {reach} ORDER BY c.changed_at DESC, c.id DESC LIMIT 51
"""
COUNT = "SELECT count(*) AS count FROM (SELECT 1 FROM cases_case c WHERE {reach} LIMIT 1001) capped"
READ = """
INSERT INTO audit_trailentry (id, at, action_id, actor_id, process, verb, kind, object_id, reference, dialogue_id,
    marking, compartment_id, reason, detail)
VALUES (%(entry)s, %(now)s, %(entry)s, %(user)s, '', %(verb)s, '', NULL, %(reference)s, %(dialogue)s, %(marking)s,
    NULL, '', %(detail)s)
"""
LEDGER = """
SELECT c.case_id, sum(CASE WHEN c.kind = 'raised' THEN 1 ELSE 0 END) AS times,
    max(CASE WHEN c.kind = 'raised' THEN c."on" END) AS raised,
    max(CASE WHEN c.kind <> 'raised' THEN c."on" END) AS told
FROM cases_ledgerday c
WHERE c.case_id IN ({keys}) AND c.dialogue_id = %(dialogue)s AND c.marking <= %(marking)s
    AND (c.compartment_id IS NULL OR c.compartment_id = %(circle)s)
GROUP BY c.case_id
"""
CASE = """
SELECT c.id, c.reference, c.state, c.marking, c.changed_at, c.latin_name, c.original_name, c.original_lang, c.status,
    c.sex, c.birth_text, c.origin_text, c.occupation, c.religion, c.place_name, c.detained_text, c.term_ends,
    c.summary, c.handover_summary, c.ask, u.name AS owner, p.name AS origin, e.name AS ethnic_group,
    d.name AS dialogue, m.name AS compartment
FROM cases_case c LEFT JOIN access_user u ON u.id = c.owner_id LEFT JOIN cases_place p ON p.id = c.origin_id
    LEFT JOIN cases_ethnicgroup e ON e.id = c.ethnic_group_id JOIN access_dialogue d ON d.id = c.dialogue_id
    LEFT JOIN access_compartment m ON m.id = c.compartment_id
WHERE c.reference = %(reference)s AND {reach}
"""


def _seen(table: str) -> str:
    """The rule over the columns of `table`."""
    return (
        f"{table}.dialogue_id = %(dialogue)s AND {table}.marking <= %(marking)s "
        f"AND ({table}.compartment_id IS NULL OR {table}.compartment_id = %(circle)s)"
    )


# Every query of the page of a case, in its order. Parts are covered by the label of the case; what has a label of its
# own is asked for it.
PARTS = {
    "names": """
SELECT id, text, script, system, kind, note, source_id FROM cases_casename WHERE case_id = %(case)s
ORDER BY position, created_at, id""",
    "sources": f"""
SELECT s.id, s.title, s.kind, s.connection, s.reliability, s.date, s.date_text, s.language, s."where", s.sealed,
    EXISTS (SELECT 1 FROM cases_sourceidentity i WHERE i.source_id = s.id AND {_seen("i")}) AS readable
FROM cases_source s WHERE s.case_id = %(case)s ORDER BY s.date DESC, s.created_at, s.id""",
    "changed": f"""
SELECT u.name, t.process FROM audit_trailentry t LEFT JOIN access_user u ON u.id = t.actor_id
WHERE t.at = %(changed)s AND t.reference IN ('', %(reference)s) AND {_seen("t")} ORDER BY t.id LIMIT 1""",
    "events": """
SELECT e.id, e.kind, e."when", e.when_text, e.until, e.until_text, e.place_text, e.facility_text, e.statute_text,
    e.authority, e.term_kind, e.term_months, e.certainty, e.claimed_by, e.note, p.name AS place, f.name AS facility,
    s.law, s.article, s.paragraph, s.name AS statute
FROM cases_caseevent e LEFT JOIN cases_place p ON p.id = e.place_id
    LEFT JOIN cases_facility f ON f.id = e.facility_id LEFT JOIN cases_statute s ON s.id = e.statute_id
WHERE e.case_id = %(case)s ORDER BY e."when" DESC""",
    "behind": "SELECT event_id, source_id FROM cases_eventsource WHERE case_id = %(case)s ORDER BY id",
    "claims": """
SELECT id, version, field, value, stated_text, claimed_by, certainty, accepted, source_id FROM cases_claim
WHERE case_id = %(case)s ORDER BY field, accepted DESC, created_at, id""",
    "attachments": f"""
SELECT a.id, a.title, a.extension, a.size, a.note, a.marking, a.created_at, m.name AS compartment
FROM cases_attachment a LEFT JOIN access_compartment m ON m.id = a.compartment_id
WHERE a.case_id = %(case)s AND {_seen("a")} ORDER BY a.created_at DESC, a.id""",
    "follow_ups": """
SELECT f.id, f.what, f.reason, f.due, f.done_at, f.outcome, u.name AS owner, d.name AS done_by
FROM cases_followup f JOIN access_user u ON u.id = f.owner_id LEFT JOIN access_user d ON d.id = f.done_by_id
WHERE f.case_id = %(case)s ORDER BY f.due, f.id""",
    "themes": """
SELECT c.id, t.name FROM cases_casetheme c JOIN cases_theme t ON t.id = c.theme_id WHERE c.case_id = %(case)s
ORDER BY t.sort_key""",
    "groups": f"""
SELECT m.id, m.case_id = %(case)s AS mine, g.id AS group_id, g.title, g.kind, g.marking, c.reference,
    c.marking AS case_marking
FROM cases_groupmember m JOIN cases_casegroup g ON g.id = m.group_id JOIN cases_case c ON c.id = m.case_id
WHERE m.group_id IN (SELECT group_id FROM cases_groupmember WHERE case_id = %(case)s) AND {_seen("g")}
    AND {_seen("c")} ORDER BY g.title, c.sort_key""",
    "links": f"""
SELECT l.id, l.kind, l.note, l.from_case_id = %(case)s AS outward, o.reference, o.latin_name, o.marking
FROM cases_caselink l
    JOIN cases_case o ON o.id = CASE WHEN l.from_case_id = %(case)s THEN l.to_case_id ELSE l.from_case_id END
WHERE (l.from_case_id = %(case)s OR l.to_case_id = %(case)s) AND {_seen("o")} ORDER BY l.created_at, l.id""",
    "lists": f"""
SELECT l.id, l.number, l.supplementary, l.state, l.marking, e.state AS entry_state, r.ordinal, r.starts, r.ends
FROM rounds_listentry e JOIN rounds_caselist l ON l.id = e.case_list_id JOIN rounds_round r ON r.id = l.round_id
WHERE e.case_id = %(case)s AND e.state <> 'not_raised' AND l.state IN ('draft', 'in_review', 'approved')
    AND {_seen("l")}""",
    "commitments": f"""
SELECT c.id, c.what, c.state, c.due, c.marking, u.name AS owner, r.ordinal, r.starts, r.ends
FROM rounds_commitment c LEFT JOIN access_user u ON u.id = c.owner_id LEFT JOIN rounds_round r ON r.id = c.round_id
WHERE c.case_id = %(case)s AND {_seen("c")} ORDER BY c.due, c.id""",
    "raisings": f"""
SELECT r.id, r."on", r.channel, r.speaker, r.words, r.voided, r.voided_reason, o.id AS round_id, o.ordinal, o.starts,
    p.name AS partner, t.name AS theme, h.outcome, e.position, e.ask, e.accepted, e.disposition,
    e.disposition_reason, e.carried, l.id AS list_id, l.marking, l.number, l.supplementary,
    lo.ordinal AS list_ordinal, lo.starts AS list_starts
FROM rounds_raising r LEFT JOIN rounds_round o ON o.id = r.round_id LEFT JOIN rounds_partner p ON p.id = r.partner_id
    LEFT JOIN cases_theme t ON t.id = r.theme_id LEFT JOIN rounds_handover h ON h.id = r.handover_id
    LEFT JOIN rounds_listentry e ON e.id = r.entry_id LEFT JOIN rounds_caselist l ON l.id = e.case_list_id
    LEFT JOIN rounds_round lo ON lo.id = l.round_id
WHERE r.case_id = %(case)s AND (l.id IS NULL OR ({_seen("l")})) ORDER BY r."on" DESC, r.id""",
    "answers": f"""
SELECT i.id, i.raising_id, i.code, i.grade, i.state, i.verbatim, i.translation, i.written_as, i.assessment,
    i.assessment_note, i.second_note, i.repeats_id, a.id AS response_id, a."on", a.form, a.language, a.marking,
    p.name AS partner, o.id AS round_id, o.ordinal, o.starts, r."on" AS asked, u.name AS coded_by,
    v.name AS second_coder, (SELECT n.correction_reason FROM rounds_responseitem n
        JOIN rounds_response b ON b.id = n.response_id WHERE n.supersedes_id = i.id AND {_seen("b")}) AS struck_why
FROM rounds_responseitem i JOIN rounds_response a ON a.id = i.response_id
    LEFT JOIN rounds_partner p ON p.id = a.partner_id LEFT JOIN rounds_round o ON o.id = a.round_id
    LEFT JOIN rounds_raising r ON r.id = i.raising_id LEFT JOIN access_user u ON u.id = i.coded_by_id
    LEFT JOIN access_user v ON v.id = i.second_coder_id
WHERE i.case_id = %(case)s AND {_seen("a")} ORDER BY a."on", i.position, i.id""",
    "item_claims": f"""
SELECT m.item_id, m.kind, m.event_kind, m."when", m.when_text, m.place_text, m.facility_text, m.term_kind,
    m.term_months, m.field, m.value, m.state, p.name AS place
FROM rounds_itemclaim m JOIN rounds_responseitem i ON i.id = m.item_id JOIN rounds_response a ON a.id = i.response_id
    LEFT JOIN cases_place p ON p.id = m.place_id
WHERE i.case_id = %(case)s AND m.state <> 'rejected' AND {_seen("a")} ORDER BY m.created_at, m.id""",
}
_WHAT = {
    "case": ("cases_historicalcase", "id", "summary"),
    "name": ("cases_historicalcasename", "case_id", "text"),
    "event": ("cases_historicalcaseevent", "case_id", "kind"),
    "claim": ("cases_historicalclaim", "case_id", "value"),
    "source": ("cases_historicalsource", "case_id", "title"),
    "follow-up": ("cases_historicalfollowup", "case_id", "what"),
}
HISTORY = (
    " UNION ALL ".join(
        f"""SELECT h.history_date, h.history_type, h.version, '{what}' AS what, h.{text} AS text, u.name AS who
FROM {table} h LEFT JOIN access_user u ON u.id = h.history_user_id
WHERE h.{column} = %(case)s AND h.at_dialogue_id = %(dialogue)s AND h.at_marking <= %(marking)s
    AND (h.at_compartment_id IS NULL OR h.at_compartment_id = %(circle)s)"""
        for what, (table, column, text) in _WHAT.items()
    )
    + " ORDER BY 1 DESC"
)
_CASE_COLUMNS = (
    "id, version, created_at, changed_at, marking, reference, state, closed_reason, sex, birth, birth_text, "
    "origin_text, religion, occupation, summary, handover_summary, ask, dialogue_id, compartment_id, merged_into_id, "
    "owner_id, origin_id, ethnic_group_id"
)
_OURS = "WHERE c.reference = %(reference)s"
SAVE = (
    f"SELECT c.version FROM cases_case c {_OURS} AND {{reach}} {{lock}}",
    """UPDATE cases_case SET summary = %(summary)s, version = version + 1, changed_at = %(now)s
WHERE reference = %(reference)s""",
    f"""INSERT INTO cases_historicalcase (history_id, history_date, history_type, history_user_id,
    history_change_reason, action_id, process, at_dialogue_id, at_marking, at_compartment_id, {_CASE_COLUMNS})
SELECT %(history)s, %(now)s, '~', %(user)s, '', %(action)s, '', c.dialogue_id, c.marking, c.compartment_id,
    {_CASE_COLUMNS} FROM cases_case c {_OURS}""",
    f"""INSERT INTO audit_trailentry (id, at, action_id, actor_id, process, verb, kind, object_id, reference,
    dialogue_id, marking, compartment_id, reason, detail)
SELECT %(entry)s, %(now)s, %(action)s, %(user)s, '', 'case.edited', 'cases.case', c.id, c.reference,
    c.dialogue_id, c.marking, c.compartment_id, '', %(detail)s FROM cases_case c {_OURS}""",
)
