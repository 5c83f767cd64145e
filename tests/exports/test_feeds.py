"""What the mapping form says of columns that are no canonical column themselves: what is worked out from them."""

DEALS = '''\
"Record ID","Deal Name","Deal Stage","Associated Company (Primary)","Is Closed Won","Associated Contact IDs",\
"Last Modified Date","Priority code","Date entered ""Demo (Sales)""","Phone number"
"1","Order","Demo","North","false","7;8","2025-03-04 09:00","A","2025-02-01 09:00","1"
'''


def test_columns_that_others_are_worked_out_from_say_which(load):
    columns = {column["header"]: column for column in load(DEALS).report["columns"]}
    fed = {header: column["feeds"] for header, column in columns.items()}
    assert fed["Deal Name"] == ["opportunities.name"]
    assert fed["Associated Company (Primary)"] == ["opportunities.account_id"]
    assert fed["Is Closed Won"] == ["opportunities.outcome"]
    assert fed["Associated Contact IDs"] == ["opportunity_contacts"]
    assert fed['Date entered "Demo (Sales)"'] == ["stage_visits.entered_at"]
    assert fed["Priority code"] == fed["Phone number"] == fed["Last Modified Date"] == []
    assert columns["Last Modified Date"]["reason"] == "tells the newer of two rows"
