"""A snapshot opened for reading."""

import pytest
from company import company

from metrics import DefinitionError, open_snapshot


def test_one_file_can_be_opened_twice_and_stays_locked_down(monkeypatch: pytest.MonkeyPatch) -> None:
    path = company(accounts=[{"account_id": "a"}])
    monkeypatch.setenv("TZ", "America/New_York")
    first = open_snapshot(path)
    second = open_snapshot(path)
    first.close()
    assert second.run("SELECT current_setting('TimeZone') AS zone")["zone"].tolist() == ["UTC"]
    for forbidden in ("SELECT * FROM read_csv('/etc/hostname')", "SET enable_external_access = true"):
        with pytest.raises(DefinitionError):
            second.run(forbidden)
    second.close()
