"""Pieces of SQL in a request: what they compare with is no wish, and $1 is no dollar."""

from blueproof.intake.words.read import read_request


def facts(request: str, key: str) -> list[float | str]:
    return [f.value for f in read_request(request).facts if f.key == key]


def test_a_value_in_a_condition_says_nothing_of_where_data_lies() -> None:
    assert facts("slow: select * from t where region = 'EU'", "constraint") == []
    assert facts("all data must stay in the EU", "constraint") == ["eu-data"]


def test_a_parameter_of_a_statement_is_no_sum() -> None:
    request = "UPDATE stock SET qty = qty - $2 fails, WHERE sku = $1 is slow"
    assert not [f for f in read_request(request).facts if f.unit.startswith("USD")]
    paid = read_request("our bill is $10 a month").facts
    assert [f.value for f in paid if f.unit.startswith("USD")] == [10]


def test_the_number_of_a_process_is_no_figure() -> None:
    request = "Process 3121 waits for ShareLock; blocked by process 3127."
    assert not [f for f in read_request(request).facts if f.key.startswith("scale.")]
