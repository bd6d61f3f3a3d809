/* history.c: what was measured before, in an SQLite database that anybody can open.
 *
 * One table of rows; each study adds its rows in one transaction. The default rollback journal is
 * used, since write-ahead logging needs shared memory, which network file systems have not. A file
 * that is no database is moved aside, never overwritten: "history.db.damaged".
 */
#include <breakeven/store.h>

#include "base/base.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct be_history {
    sqlite3 *db;
};

enum { BUSY_MS = 5000, VERSION = 1 };

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS measured("
    " id INTEGER PRIMARY KEY, begun INTEGER NOT NULL, machine TEXT NOT NULL, version TEXT NOT NULL,"
    " subject TEXT NOT NULL, n INTEGER NOT NULL, setting TEXT NOT NULL,"
    " median_ns REAL NOT NULL, low_ns REAL, high_ns REAL);"
    "CREATE INDEX IF NOT EXISTS by_row ON measured(subject, n, setting, begun);"
    "PRAGMA user_version = 1;";

static be_status fail(const be_history *history, const char *path, be_error *error)
{
    int code = sqlite3_errcode(history->db);
    be_status status = code == SQLITE_NOMEM ? BE_ENOMEM : BE_EIO;
    return be_error_set(error, status, "%.100s: %.50s", path ? path : "the history",
                        sqlite3_errmsg(history->db));
}

static bool damaged(const be_history *history)
{
    int code = sqlite3_errcode(history->db);
    return code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
}

static int read_version(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        version = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return version;
}

static be_status open_at(const char *path, be_history *history, be_error *error)
{
    if (sqlite3_open_v2(path, &history->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        return history->db ? fail(history, path, error) : BE_ENOMEM;
    }
    sqlite3_busy_timeout(history->db, BUSY_MS);
    int version = read_version(history->db);
    if (version > VERSION) {
        return be_error_set(error, BE_EINVAL, "a history of version %d, not %d: %.80s", VERSION,
                            version, path);
    }
    if (version < 0 || sqlite3_exec(history->db, SCHEMA, NULL, NULL, NULL) != SQLITE_OK) {
        return fail(history, path, error);
    }
    return BE_OK;
}

be_status be_history_open(const char *path, be_history **history, be_error *error)
{
    be_history *h = be__allocate_zeroed(NULL, 1, sizeof *h);
    if (!h) {
        return be_error_set(error, BE_ENOMEM, "memory for a history");
    }
    be_status status = open_at(path, h, error);
    char aside[4096];
    if (status && h->db && damaged(h) &&
        snprintf(aside, sizeof aside, "%s.damaged", path) < (int)sizeof aside) {
        sqlite3_close(h->db);
        h->db = NULL;
        status = rename(path, aside) == 0 ? open_at(path, h, error) : status;
    }
    if (status) {
        be_history_close(h);
        return status;
    }
    *history = h;
    return BE_OK;
}

void be_history_close(be_history *history)
{
    if (history) {
        sqlite3_close(history->db);
        be__release(NULL, history, 1, sizeof *history);
    }
}

static void bind_number(sqlite3_stmt *statement, int at, double value)
{
    if (value == value) {
        sqlite3_bind_double(statement, at, value);
    } else {
        sqlite3_bind_null(statement, at);
    }
}

static bool insert(sqlite3_stmt *statement, const be_history_entry *e)
{
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)e->begun_s);
    sqlite3_bind_text(statement, 2, e->machine, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, e->version, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, e->subject, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)e->n);
    sqlite3_bind_text(statement, 6, e->setting, -1, SQLITE_STATIC);
    bind_number(statement, 7, e->median_ns);
    bind_number(statement, 8, e->low_ns);
    bind_number(statement, 9, e->high_ns);
    return sqlite3_step(statement) == SQLITE_DONE;
}

be_status be_history_add(be_history *history, const be_history_entry *entries, size_t n,
                         be_error *error)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_exec(history->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(history->db,
                                   "INSERT INTO measured(begun, machine, version, subject, n, "
                                   "setting, median_ns, low_ns, high_ns) "
                                   "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                   -1, &statement, NULL) == SQLITE_OK;
    for (size_t i = 0; done && i < n; i++) {
        done = insert(statement, &entries[i]);
    }
    be_status status = done ? BE_OK : fail(history, NULL, error);
    sqlite3_finalize(statement);
    if (!status && sqlite3_exec(history->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        status = fail(history, NULL, error);
    }
    if (status) {
        sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return status;
}

static double column_number(sqlite3_stmt *statement, int at)
{
    double none = (double)__builtin_nanf("");
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? none
                                                             : sqlite3_column_double(statement, at);
}

static const char *column_text(sqlite3_stmt *statement, int at)
{
    const void *text = sqlite3_column_text(statement, at);
    return text ? text : "";
}

be_status be_history_read(be_history *history, const char *subject, be_history_reader *reader,
                          void *user, be_error *error)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(history->db,
                           "SELECT begun, machine, version, subject, n, setting, median_ns, "
                           "low_ns, high_ns FROM measured WHERE ?1 IS NULL OR subject = ?1 "
                           "ORDER BY subject, n, setting, begun, id",
                           -1, &statement, NULL) != SQLITE_OK) {
        return fail(history, NULL, error);
    }
    if (subject) {
        sqlite3_bind_text(statement, 1, subject, -1, SQLITE_STATIC);
    }
    be_status status = BE_OK;
    int code = SQLITE_ROW;
    while (!status && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        be_history_entry entry = {.begun_s = (uint64_t)sqlite3_column_int64(statement, 0),
                                  .machine = column_text(statement, 1),
                                  .version = column_text(statement, 2),
                                  .subject = column_text(statement, 3),
                                  .n = (uint64_t)sqlite3_column_int64(statement, 4),
                                  .setting = column_text(statement, 5),
                                  .median_ns = column_number(statement, 6),
                                  .low_ns = column_number(statement, 7),
                                  .high_ns = column_number(statement, 8)};
        status = reader(user, &entry);
    }
    if (!status && code != SQLITE_DONE) {
        status = fail(history, NULL, error);
    }
    sqlite3_finalize(statement);
    return status;
}
