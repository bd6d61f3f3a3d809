"""Traces as other people's readers see them: protocol buffers read by Google's library, gzip by
Python's, JSON by Python's, and the rules of each format. tests/study/planted.c is what was traced."""
import gzip
import json
import os
import re
import subprocess
import tempfile

import tap

FOLDER = tempfile.mkdtemp(prefix="exports-")
subprocess.run([os.environ["PLANTED"], FOLDER], check=True, timeout=120)
HOSTILE = "</script><b>x;\n\"�"
NAMES = {"run", "read", "write", "outer loop", "inner pool"}


def _read(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def _messages(package, messages):
    """Classes for messages given as {name: {field: (number, type, repeated)}}."""
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool
    except ImportError:
        raise tap.Skip("needs python3-protobuf")
    file = descriptor_pb2.FileDescriptorProto(name=package + ".proto", package=package, syntax="proto2")
    kind = descriptor_pb2.FieldDescriptorProto
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field, (number, of, repeated) in fields.items():
            one = message.field.add(name=field, number=number, label=kind.LABEL_REPEATED if repeated else kind.LABEL_OPTIONAL)
            simple = {"uint64": kind.TYPE_UINT64, "int64": kind.TYPE_INT64, "uint32": kind.TYPE_UINT32,
                      "string": kind.TYPE_STRING, "int32": kind.TYPE_INT32}
            if of in simple:
                one.type = simple[of]
            else:
                one.type, one.type_name = kind.TYPE_MESSAGE, "." + package + "." + of
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    try:
        from google.protobuf import message_factory
        make = message_factory.GetMessageClass
    except AttributeError:
        make = message_factory.MessageFactory(pool).GetPrototype
    return {name: make(pool.FindMessageTypeByName(package + "." + name)) for name in messages}


# As in Perfetto's protos/perfetto/trace/.
PERFETTO = {
    "Trace": {"packet": (1, "TracePacket", True)},
    "TracePacket": {"timestamp": (8, "uint64", False), "trusted_packet_sequence_id": (10, "uint32", False),
                    "track_event": (11, "TrackEvent", False), "interned_data": (12, "InternedData", False),
                    "sequence_flags": (13, "uint32", False), "track_descriptor": (60, "TrackDescriptor", False)},
    "InternedData": {"event_names": (2, "EventName", True)},
    "EventName": {"iid": (1, "uint64", False), "name": (2, "string", False)},
    "TrackDescriptor": {"uuid": (1, "uint64", False), "name": (2, "string", False),
                        "process": (3, "ProcessDescriptor", False), "parent_uuid": (5, "uint64", False)},
    "ProcessDescriptor": {"pid": (1, "int32", False), "process_name": (6, "string", False)},
    "TrackEvent": {"debug_annotations": (4, "DebugAnnotation", True), "type": (9, "int32", False),
                   "name_iid": (10, "uint64", False), "track_uuid": (11, "uint64", False)},
    "DebugAnnotation": {"uint_value": (3, "uint64", False), "name": (10, "string", False)},
}
# As in pprof's proto/profile.proto.
PPROF = {
    "Profile": {"sample_type": (1, "ValueType", True), "sample": (2, "Sample", True), "location": (4, "Location", True),
                "function": (5, "Function", True), "string_table": (6, "string", True),
                "duration_nanos": (10, "int64", False)},
    "ValueType": {"type": (1, "int64", False), "unit": (2, "int64", False)},
    "Sample": {"location_id": (1, "uint64", True), "value": (2, "int64", True)},
    "Location": {"id": (1, "uint64", False), "line": (4, "Line", True)},
    "Line": {"function_id": (1, "uint64", False)},
    "Function": {"id": (1, "uint64", False), "name": (2, "int64", False)},
}


def _has_unknown(message):
    try:
        from google.protobuf.unknown_fields import UnknownFieldSet
        return len(UnknownFieldSet(message)) > 0
    except ImportError:
        return len(message.UnknownFields()) > 0


def perfettos_packets_nest_and_name_every_phase():
    trace = _messages("perfetto", PERFETTO)["Trace"]()
    trace.ParseFromString(_read("small.perfetto"))
    names, tracks, stacks, seen, clocks = {}, {}, {}, set(), {}
    for packet in trace.packet:
        assert packet.trusted_packet_sequence_id == 1 and not _has_unknown(packet)
        for name in packet.interned_data.event_names:
            assert packet.sequence_flags == 1
            names[name.iid] = name.name
        if packet.HasField("track_descriptor"):
            tracks[packet.track_descriptor.uuid] = packet.track_descriptor
        if packet.HasField("track_event"):
            event = packet.track_event
            assert event.track_uuid in tracks and packet.sequence_flags == 2 and not _has_unknown(event)
            stack = stacks.setdefault(event.track_uuid, [])
            assert packet.timestamp >= clocks.get(event.track_uuid, 0)
            clocks[event.track_uuid] = packet.timestamp
            if event.type == 1:
                stack.append(names[event.name_iid])
                seen.add(";".join(stack))
            else:
                assert event.type == 2
                stack.pop()
    assert all(stack == [] for stack in stacks.values())
    assert seen >= {"run", "run;read", "run;write", "outer loop", "outer loop;inner pool"}, seen
    assert {t.name for t in tracks.values()} >= {"caller 0", "caller 1", "caller 2"}
    assert [t.process.process_name for t in tracks.values() if t.HasField("process")] == ["</script>planted"]


def a_large_perfetto_trace_is_read_too():
    trace = _messages("perfetto", PERFETTO)["Trace"]()
    trace.ParseFromString(_read("large.perfetto"))
    merged = [note.uint_value for p in trace.packet for note in p.track_event.debug_annotations]
    assert merged and min(merged) > 1
    assert HOSTILE in [name.name for p in trace.packet for name in p.interned_data.event_names]


def chromes_events_lie_inside_one_another():
    for size in "small", "large":
        document = json.loads(_read(size + ".chrome"))
        threads, ends = {}, {}
        events = document["traceEvents"]
        for event in events:
            if event["ph"] == "M":
                threads[event["tid"]] = event["args"]["name"]
                continue
            assert event["ph"] == "X" and event["pid"] == 1 and event["dur"] >= 0
            stack = ends.setdefault(event["tid"], [])
            while stack and event["ts"] >= stack[-1] - 1e-3:
                stack.pop()
            assert not stack or event["ts"] + event["dur"] <= stack[-1] + 2e-3, (event, stack)
            stack.append(event["ts"] + event["dur"])
        named = {e["name"] for e in events if e["ph"] == "X"}
        assert named >= NAMES and (size == "small" or HOSTILE in named)
        assert "caller 0" in threads.values()
        longest = max((e for e in events if e["name"] == "run"), key=lambda e: e["dur"])
        assert longest["dur"] >= 38000


def speedscopes_profiles_open_and_close_in_order():
    for size in "small", "large":
        document = json.loads(_read(size + ".speedscope"))
        assert document["$schema"] == "https://www.speedscope.app/file-format-schema.json"
        frames = document["shared"]["frames"]
        assert {f["name"] for f in frames} >= NAMES
        assert document["profiles"]
        for profile in document["profiles"]:
            assert profile["type"] == "evented" and profile["unit"] == "nanoseconds"
            at, stack = profile["startValue"], []
            for event in profile["events"]:
                assert at <= event["at"] <= profile["endValue"]
                at = event["at"]
                if event["type"] == "O":
                    assert 0 <= event["frame"] < len(frames)
                    stack.append(event["frame"])
                else:
                    assert event["type"] == "C" and stack.pop() == event["frame"]
            assert stack == []


def folded_stacks_have_one_number_at_the_end_of_each_line():
    for size in "small", "large":
        lines = _read(size + ".folded").decode("utf-8", "replace").splitlines()
        stacks = {}
        for line in lines:
            match = re.fullmatch(r"(.+) (\d+)", line)
            assert match, line
            stacks[match.group(1)] = int(match.group(2))
        assert len(stacks) == len(lines)
        assert stacks["run"] >= 30_000_000 and "outer loop;inner pool" in stacks


def pprofs_profile_is_gzip_and_its_samples_have_names():
    types = _messages("perftools.profiles", PPROF)
    for size in "small", "large":
        raw = gzip.decompress(_read(size + ".pprof"))
        profile = types["Profile"]()
        profile.ParseFromString(raw)
        strings = profile.string_table
        assert size == "small" or HOSTILE in strings
        assert strings[0] == "" and not _has_unknown(profile)
        assert [(strings[t.type], strings[t.unit]) for t in profile.sample_type] == [
            ("spans", "count"), ("time", "nanoseconds")]
        functions = {f.id: strings[f.name] for f in profile.function}
        locations = {place.id: functions[place.line[0].function_id] for place in profile.location}
        stacks = {";".join(locations[i] for i in reversed(s.location_id)): list(s.value) for s in profile.sample}
        assert stacks["run"][0] == 1 and stacks["run"][1] >= 30_000_000
        assert stacks["outer loop;inner pool"][0] == 20 and profile.duration_nanos > 0


def the_report_names_the_planted_gap_and_the_starved_pool():
    profile = json.loads(_read("small.report"))["profile"]
    phases = {p["name"]: p for p in profile["phases"]}
    found = {f["kind"]: f for f in profile["findings"]}
    assert found["gap"]["phase"] == phases["run"]["id"] and "after read, before write" in found["gap"]["text"]
    assert found["gap"]["ns"] >= 30_000_000
    assert profile["gaps"][0]["after"] == "read" and profile["gaps"][0]["before"] == "write"
    assert not (profile["gaps"][0]["on_cpu"] or 0) > 0.5  # it slept
    waiting = [f for f in profile["findings"] if f["kind"] == "waiting" and "inner pool: its 2 threads" in f["text"]]
    if not waiting and phases["inner pool"]["waiting_ns"] == 0:
        raise tap.Skip("no witness of lost CPUs here")
    assert waiting


def every_level_of_the_report_adds_up():
    for size in "small", "large":
        profile = json.loads(_read(size + ".report"))["profile"]
        phases = profile["phases"]
        children = {}
        for number, phase in enumerate(phases):
            assert phase["id"] == number and (phase["parent"] is None or phase["parent"] < number)
            children.setdefault(phase["parent"], []).append(phase)
        for phase in phases:
            assert phase["busy_ns"] == phase["self_ns"] + sum(c["busy_ns"] for c in children.get(phase["id"], []))
            assert phase["waiting_ns"] + phase["displaced_ns"] <= phase["busy_ns"]
            if not phase["merged"]:
                assert phase["threads"] * phase["wall_ns"] == phase["busy_ns"] + phase["idle_ns"]
        assert profile["spans"] == sum(p["count"] for p in phases)
        for thread in profile["threads"]:
            assert thread["life_ns"] == sum(thread["states"].values())


def a_large_report_stays_below_5_mb_and_says_what_it_left_out():
    raw = _read("large.report")
    document = json.loads(raw)
    profile = document["profile"]
    assert len(raw) < 5_000_000 and len(profile["phases"]) <= 6000
    assert sum(max(p["merged"], 1) for p in profile["phases"]) > 100_000
    assert [w["kind"] for w in document["warnings"] if w["kind"] == "cut"]
    spans = profile["timeline"]["spans"]
    columns = {len(column) for column in spans.values()}
    assert len(columns) == 1 and columns.pop() <= 20_000
    assert all(0 <= p < len(profile["phases"]) for p in spans["phase"])
    order = list(zip(spans["track"], spans["at_ns"]))
    assert order == sorted(order)
    assert profile["timeline"]["resolution_ns"] > 0
    assert HOSTILE in [p["name"] for p in profile["phases"]]


def the_text_of_a_large_profile_can_be_read():
    lines = _read("large.text").decode("utf-8", "replace").splitlines()
    assert len(lines) < 300 and any("are not shown)" in line for line in lines)
    assert any(line.startswith("run ") for line in lines)
    small = _read("small.text").decode()
    assert "are not shown" not in small and "\ngap: " in small and "after read, before write" in small


def a_profile_of_the_command_line_is_read_by_its_ending():
    run = [os.environ["BREAKEVEN"], "arc", "score"]
    for ending, starts in (("json", b'{"schema":"breakeven.run/1"'), ("trace.json", b'{"displayTimeUnit"'),
                           ("speedscope.json", b'{"$schema"'), ("pb.gz", b"\x1f\x8b"), ("txt", b"phase ")):
        path = os.path.join(FOLDER, "cli." + ending)
        subprocess.run([*run, "--profile=" + path], check=True, timeout=60, stdout=subprocess.DEVNULL)
        assert _read("cli." + ending).startswith(starts), ending
    path = os.path.join(FOLDER, "cli.odd")
    subprocess.run([*run, "--profile=" + path, "--profile-as=folded"], check=True, timeout=60,
                   stdout=subprocess.DEVNULL)
    assert b"breakeven arc score;score;arc: score " in _read("cli.odd")
    refused = subprocess.run([*run, "--profile", "--profile-as=pprof"], stderr=subprocess.PIPE, timeout=60)
    assert refused.returncode == 2 and b"needs --profile=FILE" in refused.stderr
    document = json.loads(_read("cli.json"))
    assert document["command_line"][1:3] == ["arc", "score"] and document["exit_code"] == 0
    assert document["machine"]["cpus"] >= 1 and document["machine"]["isa"] and document["begun"]
    assert {d["site"] for d in document["profile"]["decisions"]} <= {s["site"] for s in document["profile"]["sites"]}
    assert document["profile"]["decisions"]


tap.run(__name__)
