"""RFC 6455 byte by byte: what a client may send, what it may not, and with which code it is sent away."""
import json
import signal
import socket as sockets

import pytest
from support.frames import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocket, close_payload, frame, op)
from support.peer import running
from support.waiting import until
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

MIB = 1 << 20


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def ping_of(length):
    """A ping operation of exactly so many bytes; its answer names the same text."""
    shell = len(op(op="ping", ref=""))
    return op(op="ping", ref="r" * (length - shell))


def assert_alive(socket, name="still here"):
    assert socket.ask(op="ping", ref=name) == {"op": "ack", "ref": name}


# --- messages -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, MIB - 1, MIB])
def test_messages_of_every_length_form_arrive(server, length):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, ping_of(length)))
        answer = socket.message()
        assert answer["op"] == "ack" and len(answer["ref"]) == length - len(op(op="ping", ref=""))
        assert_alive(socket)


@pytest.mark.parametrize("length, announced", [(MIB + 1, None), (10, MIB + 1), (10, 1 << 40), (10, (1 << 63) - 1)])
def test_a_message_over_a_mebibyte_is_1009(server, length, announced):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, b"x" * length, length=announced))
        assert socket.closing() == 1009


def test_fragments_that_are_too_large_together_are_1009(server):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, b" " * (MIB // 2), final=False))
        socket.send(frame(CONTINUATION, b" " * (MIB // 2), final=False))
        socket.send(frame(CONTINUATION, b" "))
        assert socket.closing() == 1009


@pytest.mark.parametrize("piece", [1, 2, 3, 5])
def test_frames_may_be_cut_anywhere(server, piece):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, ping_of(200)) + frame(PING, b"between") + frame(TEXT, op(op="ping", ref=2)), piece)
        events = [socket.event() for _ in range(3)]
        assert [bytes(event.payload) for event in events if isinstance(event, Pong)] == [b"between"]
        answers = [json.loads(event.data) for event in events if isinstance(event, TextMessage)]
        assert [answer["op"] for answer in answers] == ["ack", "ack"] and answers[1]["ref"] == 2


def test_frames_that_come_with_the_handshake_are_read(server):
    with sockets.create_connection(("127.0.0.1", server.port), 30) as plain:
        plain.sendall(
            b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            + frame(TEXT, op(op="ping", ref="early")) + frame(CLOSE, close_payload(1000)))
        received = b""
        while data := plain.recv(65536):
            received += data
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    # The key and the answer are the ones of RFC 6455 section 1.3.
    assert b"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head + b"\r\n"
    answer = json.dumps({"op": "ack", "ref": "early"}, separators=(",", ":")).encode()
    assert rest == bytes([0x81, len(answer)]) + answer + b"\x88\x02\x03\xe8"


def test_fragments_are_one_message(server):
    text = ping_of(300)
    with WebSocket(server) as socket:
        for cuts in ([0, 1, 299, 300], [0, 0, 150, 150, 300], list(range(301))):
            for number in range(len(cuts) - 1):
                socket.send(frame(
                    TEXT if number == 0 else CONTINUATION, text[cuts[number]:cuts[number + 1]],
                    final=number == len(cuts) - 2))
            assert socket.message()["op"] == "ack"


def test_control_frames_stand_between_fragments(server):
    text = op(op="ping", ref="whole")
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, text[:5], final=False))
        socket.send(frame(PING, b"first"))
        assert socket.pong() == b"first", "a ping waits for nothing"
        socket.send(frame(CONTINUATION, text[5:9], final=False) + frame(PONG, b"unasked") + frame(PING))
        assert socket.pong() == b""
        socket.send(frame(CONTINUATION, text[9:]))
        assert socket.message() == {"op": "ack", "ref": "whole"}


def test_a_close_between_fragments_is_answered(server):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, b"{", final=False) + frame(CLOSE, close_payload(1000)))
        assert socket.closing() == 1000


def test_an_empty_message_is_an_error_and_no_end(server):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT) + frame(TEXT, b"", final=False) + frame(CONTINUATION))
        assert [socket.message()["code"] for _ in range(2)] == ["INVALID_JSON"] * 2
        assert_alive(socket)


def test_binary_is_an_error_and_no_end(server):
    with WebSocket(server) as socket:
        socket.send(frame(BINARY, b"\x00\xff\xfe") + frame(BINARY))
        assert [socket.message()["op"] for _ in range(2)] == ["error"] * 2
        assert_alive(socket)


# --- breaches of the protocol ---------------------------------------------------------------------------------------
BREACHES = {
    "text without a mask": frame(TEXT, op(op="ping"), masked=False),
    "ping without a mask": frame(PING, b"x", masked=False),
    "close without a mask": frame(CLOSE, close_payload(1000), masked=False),
    "empty text without a mask": frame(TEXT, masked=False),
    **{f"reserved bits {bits:03b}": frame(TEXT, op(op="ping"), reserved=bits) for bits in range(1, 8)},
    "reserved bit on a ping": frame(PING, b"x", reserved=4),
    "reserved bit on a continuation": frame(TEXT, b"{", final=False) + frame(CONTINUATION, b"}", reserved=4),
    **{f"opcode {code:X}": frame(code, b"x") for code in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)},
    "ping of 126 bytes": frame(PING, b"x" * 126),
    "pong of 126 bytes": frame(PONG, b"x" * 126),
    "close of 126 bytes": frame(CLOSE, close_payload(1000, b"x" * 124)),
    "ping in the 16-bit form": frame(PING, b"x", form=16),
    "ping in fragments": frame(PING, b"x", final=False),
    "close in fragments": frame(CLOSE, close_payload(1000), final=False),
    "continuation of nothing": frame(CONTINUATION, b"x"),
    "open continuation of nothing": frame(CONTINUATION, b"x", final=False),
    "continuation behind a whole message": frame(TEXT, op(op="ping")) + frame(CONTINUATION, b"x"),
    "text inside a fragmented message": frame(TEXT, b"{", final=False) + frame(TEXT, b"}"),
    "binary inside a fragmented message": frame(TEXT, b"{", final=False) + frame(BINARY, b"}"),
    "125 bytes in the 16-bit form": frame(TEXT, ping_of(125), form=16),
    "65535 bytes in the 64-bit form": frame(TEXT, ping_of(65535), form=64),
    "length with the highest bit": frame(TEXT, b"x", length=1 << 63, form=64),
    "close of one byte": frame(CLOSE, b"\x03"),
    **{f"close code {code}": frame(CLOSE, close_payload(code))
       for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)},
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_1002(server, name):
    with WebSocket(server) as socket:
        socket.send(BREACHES[name])
        assert socket.closing() == 1002


def test_nothing_is_read_behind_a_breach(server):
    with WebSocket(server) as socket:
        socket.send(frame(3) + frame(TEXT, op(op="ping", ref="smuggled")))
        while (event := socket.event()) is not None:
            assert isinstance(event, CloseConnection), event


# --- UTF-8 ----------------------------------------------------------------------------------------------------------
GOOD = {
    "two, three and four bytes": "é–😀",
    "edges": "\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
    "byte order mark": "\ufeff",
}
BAD = {
    "lone continuation": b"\x80",
    "cut sequence": b"\xe2\x82",
    "overlong slash": b"\xc0\xaf",
    "overlong in three": b"\xe0\x80\xaf",
    "surrogate": b"\xed\xa0\x80",
    "over the last code point": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "FE and FF": b"\xfe\xff",
    "sequence cut by ASCII": b"\xe2\x82x\x82",
}


@pytest.mark.parametrize("name", GOOD)
def test_text_may_be_cut_inside_a_character(server, name):
    text = json.dumps({"op": "ping", "ref": GOOD[name]}, ensure_ascii=False).encode()
    with WebSocket(server) as socket:
        for cut in range(len(text) + 1):
            socket.send(frame(TEXT, text[:cut], final=False) + frame(CONTINUATION, text[cut:]))
            assert socket.message() == {"op": "ack", "ref": GOOD[name]}


@pytest.mark.parametrize("cut", [None, 1, -1], ids=["whole", "cut in front", "cut behind"])
@pytest.mark.parametrize("name", BAD)
def test_text_that_is_no_utf8_is_1007(server, name, cut):
    text = b'{"op":"ping","ref":"' + BAD[name] + b'"}'
    with WebSocket(server) as socket:
        if cut is None:
            socket.send(frame(TEXT, text))
        else:
            at = text.index(BAD[name]) + (cut if cut > 0 else len(BAD[name]) - 1)
            socket.send(frame(TEXT, text[:at], final=False) + frame(CONTINUATION, text[at:]))
        assert socket.closing() == 1007


def test_text_that_ends_inside_a_character_is_1007(server):
    with WebSocket(server) as socket:
        socket.send(frame(TEXT, b"\xe2\x82", final=False) + frame(CONTINUATION))
        assert socket.closing() == 1007


def test_a_close_reason_that_is_no_utf8_is_1007(server):
    with WebSocket(server) as socket:
        socket.send(frame(CLOSE, close_payload(1000, b"\xff")))
        assert socket.closing() == 1007


# --- the end --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4001, 4500, 4999])
def test_a_close_is_answered_with_its_code(server, code):
    with WebSocket(server) as socket:
        socket.send(frame(CLOSE, close_payload(code, "grüße".encode())))
        assert socket.closing() == code


def test_a_close_without_a_code_is_answered(server):
    with WebSocket(server) as socket:
        socket.send(frame(CLOSE))
        assert socket.closing() in (1000, 1005)


def test_nothing_is_read_behind_a_close(server):
    with WebSocket(server) as socket:
        socket.send(frame(CLOSE, close_payload(1000)) + frame(TEXT, op(op="ping", ref="late")) + frame(PING))
        assert isinstance(socket.event(), CloseConnection)
        assert socket.event() is None


def test_the_server_says_1001_when_it_goes(new_server):
    server = new_server().start()
    with WebSocket(server) as socket:
        assert_alive(socket)
        server.signal(signal.SIGTERM)
        event = socket.event()
        assert isinstance(event, CloseConnection) and event.code == 1001
        socket.send(frame(CLOSE, close_payload(1001)))
        assert socket.event() is None
    assert server.process.wait(30) == 0


# --- pings ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("length", [0, 1, 124, 125])
def test_a_ping_is_answered_with_its_payload(server, length):
    with WebSocket(server) as socket:
        socket.send(frame(PING, bytes(range(length))))
        assert socket.pong() == bytes(range(length))


def test_pongs_that_nobody_asked_for_do_nothing(server):
    with WebSocket(server) as socket:
        socket.send(frame(PONG) + frame(PONG, b"x" * 125))
        assert_alive(socket)


def test_a_client_that_answers_no_ping_is_let_go(new_server):
    server = new_server(settings={"ws.ping": "200ms", "ws.pong_timeout": "200ms"}).start()
    with WebSocket(server) as deaf, WebSocket(server) as polite:
        for _ in range(5):
            event = polite.event()
            assert isinstance(event, Ping), event
            polite.send(frame(PONG, bytes(event.payload)))
        assert_alive(polite)
        assert isinstance(deaf.event(), Ping)
        while (event := deaf.event()) is not None:
            assert isinstance(event, CloseConnection), event
    until(lambda: b'reason="no_pong"} 1\n' in server.get("/metrics").body, "the close is counted")
