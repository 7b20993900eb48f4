"""Which records look alike or belong together and are two: kept as tables, out of what was compared."""

from __future__ import annotations

import json
from collections.abc import Collection

from corpus.store import Store
from ingest.works.judgement import Judgement

#: From so many records on, all of them are looked through: that is faster than each alone.
_MANY = 2000

_ALL = "select * from comparisons"
_NEAR = """
select comparisons.* from source_records join comparisons on first = source_records.id
where record in (select value from json_each(:touched))
union
select comparisons.* from source_records join comparisons on second = source_records.id
where record in (select value from json_each(:touched))
"""
# Of several comparisons of two records the surest speaks: SQLite takes `why` from the row of max().
_DOUBTS = """
insert into doubts (first, second, score, why)
select min(a.record, b.record) as one, max(a.record, b.record) as two, max(near.score),
  near.why || case when near.joins then '; but others of the two records conflict' else '' end
from ({near}) as near
join source_records as a on a.id = near.first
join source_records as b on b.id = near.second
where a.record <> b.record and near.relation = ''
group by one, two
"""
# Two parts of one series are that to each other; all other relations go one way.
_LINKS = """
insert or ignore into links (record, other, relation, why)
select case near.relation when 'part' then min(a.record, b.record) else iif(turned, b.record, a.record) end,
  case near.relation when 'part' then max(a.record, b.record) else iif(turned, a.record, b.record) end,
  near.relation, near.why
from ({near}) as near
join source_records as a on a.id = near.first
join source_records as b on b.id = near.second
where a.record <> b.record and near.relation <> ''
"""
_LINKED = """
delete from doubts where exists (select 1 from links
where (record = first and other = second) or (record = second and other = first))
"""
_DECIDED = """
select distinct min(a.record, b.record), max(a.record, b.record) from json_each(?) as pair
join source_records as a on a.fingerprint = pair.value ->> 0
join source_records as b on b.fingerprint = pair.value ->> 1
"""


def refresh(store: Store, touched: Collection[str]) -> int:
    """Write the doubts and links of those records anew; gives by how many the doubts of the file grew.

    What a person decided on is no doubt, nor what is known to belong together as two works.
    """
    execute = store.connection.execute
    before: int = store.value("select count(*) from doubts")
    everything = len(touched) > _MANY
    near = _ALL if everything else _NEAR
    parameters = {} if everything else {"touched": json.dumps(sorted(touched))}
    for table, one, other in (("doubts", "first", "second"), ("links", "record", "other")):
        among = "in (select value from json_each(:touched))"
        where = "" if everything else f" where {one} {among} or {other} {among}"
        execute(f"delete from {table}{where}", parameters)
    execute(_LINKS.format(near=near), parameters)
    execute(_DOUBTS.format(near=near), parameters)
    execute(_LINKED)
    decided = execute(_DECIDED, [json.dumps(Judgement(store).apart)]).fetchall()
    store.connection.executemany("delete from doubts where first = ? and second = ?", decided)
    after: int = store.value("select count(*) from doubts")
    return max(0, after - before)
