/* export_perfetto.c: Perfetto's own format, a sequence of TracePackets with TrackEvents.
 *
 * Field numbers are those of protos/perfetto/trace/ in Perfetto's tree: trace_packet.proto,
 * track_event/track_event.proto, track_event/track_descriptor.proto,
 * interned_data/interned_data.proto. Names are interned once, in the first packet.
 */
#include "study/export.h"

#include <unistd.h>

enum {
    TRACE_PACKET = 1,

    PACKET_TIMESTAMP = 8,
    PACKET_SEQUENCE = 10,
    PACKET_EVENT = 11,
    PACKET_INTERNED = 12,
    PACKET_FLAGS = 13,
    PACKET_TRACK = 60,
    FLAG_CLEARED = 1, /* interned names begin anew */
    FLAG_NEEDS = 2,   /* names are interned ones */

    INTERNED_NAMES = 2,
    NAME_ID = 1,
    NAME_TEXT = 2,

    TRACK_UUID = 1,
    TRACK_NAME = 2,
    TRACK_PROCESS = 3,
    TRACK_PARENT = 5,
    PROCESS_PID = 1,
    PROCESS_NAME = 6,

    EVENT_NOTE = 4,
    EVENT_TYPE = 9,
    EVENT_NAME = 10,
    EVENT_TRACK = 11,
    TYPE_BEGIN = 1,
    TYPE_END = 2,
    NOTE_COUNT = 3,
    NOTE_NAME = 10,

    SEQUENCE = 1,
    UUID_PROCESS = 1,
    UUID_TRACKS = 2 /* of the first track's spans; its states one more, and so on */
};

struct perfetto {
    be_text *out;
    be_text packet, message, inner;
    size_t first_state; /* interned id of the first state's name */
    uint64_t uuid;
    bool states;
};

static void end_packet(struct perfetto *p, unsigned flags)
{
    be__pb_number(&p->packet, PACKET_SEQUENCE, SEQUENCE);
    be__pb_number(&p->packet, PACKET_FLAGS, flags);
    be__pb_message(p->out, TRACE_PACKET, &p->packet);
}

static void intern(struct perfetto *p, size_t id, const char *name)
{
    be__pb_number(&p->inner, NAME_ID, id);
    be__pb_string(&p->inner, NAME_TEXT, name);
    be__pb_message(&p->message, INTERNED_NAMES, &p->inner);
}

static void draw(void *user, bool opens, const be_trace_slice *slice, const char *name,
                 uint64_t begin_ns, uint64_t end_ns)
{
    struct perfetto *p = user;
    (void)name;
    be__pb_number(&p->packet, PACKET_TIMESTAMP, opens ? begin_ns : end_ns);
    be__pb_number(&p->message, EVENT_TYPE, opens ? TYPE_BEGIN : TYPE_END);
    be__pb_number(&p->message, EVENT_TRACK, p->uuid);
    if (opens) {
        be__pb_number(&p->message, EVENT_NAME,
                      p->states ? p->first_state + slice->what : slice->what + 1);
    }
    if (opens && slice->count > 1) {
        be__pb_string(&p->inner, NOTE_NAME, "merged spans");
        be__pb_number(&p->inner, NOTE_COUNT, slice->count);
        be__pb_message(&p->message, EVENT_NOTE, &p->inner);
    }
    be__pb_message(&p->packet, PACKET_EVENT, &p->message);
    end_packet(p, FLAG_NEEDS);
}

static void track(struct perfetto *p, uint64_t uuid, uint64_t parent, const char *name,
                  const char *more)
{
    be_text_puts(&p->inner, name);
    be_text_puts(&p->inner, more);
    be__pb_number(&p->message, TRACK_UUID, uuid);
    be__pb_message(&p->message, TRACK_NAME, &p->inner);
    be__pb_number(&p->message, TRACK_PARENT, parent);
    be__pb_message(&p->packet, PACKET_TRACK, &p->message);
    end_packet(p, 0);
}

void be__export_perfetto(const struct be__trace *trace, be_text *out)
{
    struct perfetto p = {.out = out, .first_state = trace->n_rows + 1};
    be_text_init(&p.packet, out->allocator);
    be_text_init(&p.message, out->allocator);
    be_text_init(&p.inner, out->allocator);

    for (size_t i = 0; i < trace->n_rows; i++) {
        intern(&p, i + 1, trace->rows[i].name);
    }
    for (int state = 0; state < BE_STATE_COUNT; state++) {
        intern(&p, p.first_state + (size_t)state, be_state_name((be_state)state));
    }
    be__pb_message(&p.packet, PACKET_INTERNED, &p.message);
    end_packet(&p, FLAG_CLEARED);

    be__pb_number(&p.message, TRACK_UUID, UUID_PROCESS);
    be__pb_number(&p.inner, PROCESS_PID, (uint64_t)getpid());
    be__pb_string(&p.inner, PROCESS_NAME, trace->title);
    be__pb_message(&p.message, TRACK_PROCESS, &p.inner);
    be__pb_message(&p.packet, PACKET_TRACK, &p.message);
    end_packet(&p, 0);

    for (size_t i = 0; i < trace->n_tracks; i++) {
        p.uuid = UUID_TRACKS + 2 * i;
        p.states = false;
        track(&p, p.uuid, UUID_PROCESS, trace->tracks[i], "");
        if (!be__draw_spans(trace, i, draw, &p)) {
            out->status = out->status ? out->status : BE_ENOMEM;
        }
        p.uuid++;
        p.states = true;
        track(&p, p.uuid, UUID_PROCESS, trace->tracks[i], ": states");
        be__draw_states(trace, i, draw, &p);
    }
    be_text_clear(&p.packet);
    be_text_clear(&p.message);
    be_text_clear(&p.inner);
}
