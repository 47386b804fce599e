"""Settings: one table for command line, environment and documentation."""

import pytest

from citydip.model.errors import ParameterError
from citydip.model.settings import SETTINGS, Settings, read_settings


def test_defaults_hold_where_nothing_is_set() -> None:
    assert read_settings({}) == Settings()


def test_the_environment_sets_and_what_is_given_wins() -> None:
    settings = read_settings({"CITYDIP_PORT": "9000", "CITYDIP_TIMEOUT": "1.5"}, port=9001, timeout=None)
    assert (settings.port, settings.timeout) == (9001, 1.5)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("CITYDIP_PORT", "http", "CITYDIP_PORT must be a whole number, not 'http'"),
        ("CITYDIP_PORT", "70000", "between 0 and 65535"),
        ("CITYDIP_WORKERS", "0", "between 1 and 64"),
        ("CITYDIP_TIMEOUT", "nan", "between"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(variable: str, value: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        read_settings({variable: value})


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.help.endswith(".") for setting in SETTINGS)
