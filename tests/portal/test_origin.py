"""Where work comes from: the caller's address behind trusted proxies, channel and request id."""

import logging
import uuid

import pytest

from portal import origin
from portal.origin import Channel, Origin, client_address, of_request, working_for


def request_from(rf, *, remote="10.0.0.1", forwarded=None, path="/", **headers):
    """Return a request from an address, with what proxies and others wrote."""
    if forwarded is not None:
        headers["X-Forwarded-For"] = forwarded
    return rf.get(path, REMOTE_ADDR=remote, headers=headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        # Without trusted proxies nothing that was written is believed.
        (0, None, "10.0.0.1"),
        (0, "203.0.113.7", "10.0.0.1"),
        # One proxy: the entry that it wrote is the last.
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (1, "not an address, 203.0.113.7", "203.0.113.7"),
        # Two proxies: the one but last.
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7,10.0.0.2", "203.0.113.7"),
        # Fewer entries than proxies: somebody went around them.
        (2, "203.0.113.7", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "", "10.0.0.1"),
        # What is no address is none.
        (1, "unknown", None),
        (1, "203.0.113.7:nonsense:8080", None),
        # Some proxies write the port too.
        (1, "203.0.113.7:8080", "203.0.113.7"),
        (1, "[2001:db8::1]:8080", "2001:db8::1"),
        # IPv6, in one form.
        (1, "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
    ],
)
def test_address_is_believed_from_as_many_proxies_as_are_trusted(
    rf, settings, proxies, forwarded, address
):
    settings.TRUSTED_PROXIES = proxies

    assert client_address(request_from(rf, forwarded=forwarded)) == address


@pytest.mark.parametrize("remote", ["", "unix:", "@"])
def test_address_of_local_socket_is_none(rf, remote):
    assert client_address(request_from(rf, remote=remote)) is None


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("/", Channel.PAGE),
        ("/dashboard/", Channel.PAGE),
        ("/api/v1/entitlements", Channel.API),
        ("/apiary", Channel.PAGE),
    ],
)
def test_channel_is_told_by_the_path(rf, path, channel):
    assert of_request(request_from(rf, path=path)).channel == channel


@pytest.mark.parametrize("given", ["a", "8f14e45f-ceea-467f-a0e6-1a2b3c4d5e6f", "x" * 64])
def test_request_id_of_the_caller_is_kept_when_sound(rf, given):
    assert of_request(request_from(rf, **{"MS-RequestId": given})).request_id == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "ä", "<script>", "a;b"])
def test_request_id_of_the_caller_is_replaced_when_unsound(rf, given):
    made = of_request(request_from(rf, **{"MS-RequestId": given})).request_id

    assert str(uuid.UUID(made)) == made


def test_request_ids_that_are_made_differ(rf):
    made = {of_request(request_from(rf)).request_id for _request in range(20)}

    assert len(made) == 20


def test_origin_of_the_block_is_the_current_one_and_goes_with_it():
    page = Origin(channel=Channel.PAGE, request_id="r", address="203.0.113.7")

    with working_for(page):
        inside = origin.current()

    assert (inside, origin.current()) == (page, Origin(Channel.COMMAND, request_id="-"))


def test_origin_goes_with_the_block_that_fails():
    with pytest.raises(RuntimeError), working_for(Origin(Channel.API, request_id="r")):
        raise RuntimeError

    assert origin.current().channel == Channel.COMMAND


def test_log_line_carries_the_request_id():
    line = logging.makeLogRecord({"msg": "hello"})

    with working_for(Origin(Channel.PAGE, request_id="req-1")):
        kept = origin.RequestIdFilter().filter(line)

    assert (kept, line.__dict__["request_id"]) == (True, "req-1")
