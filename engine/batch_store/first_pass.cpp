// The note on a batch's first pass: read, counted up, written back.
// SPDX-License-Identifier: MIT
#include <charconv>

#include "engine/batch_store/batch_store.hpp"
#include "engine/batch_store/rows.hpp"

namespace assay::engine::batch_store {
namespace {

std::optional<std::int64_t> read_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string_view take_until(std::string_view& text, char mark) {
    const std::string_view part = text.substr(0, text.find(mark));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

// What cannot be read counts as never written: the note only saves a program from dying again.
FirstPass parse(std::string_view text) {
    FirstPass note;
    note.restarts = static_cast<int>(read_number(take_until(text, '|')).value_or(0));
    note.at = read_number(take_until(text, '|'));
    while (!text.empty()) {
        if (const auto chunk = read_number(take_until(text, ','))) note.left_out.push_back(*chunk);
    }
    return note;
}

std::string write(const FirstPass& note) {
    std::string text = std::to_string(note.restarts) + "|";
    if (note.at) text += std::to_string(*note.at);
    text += "|";
    for (const std::int64_t chunk : note.left_out)
        text += std::to_string(chunk) + ",";
    return text;
}

struct Noted {
    std::int64_t key = 0;
    FirstPass note;
};

Result<Noted> find(Tx& tx, const BatchId& batch) {
    const Result<std::optional<detail::LiveBatch>> live = detail::find_live(*tx, batch);
    if (!live) return live.error();
    if (!*live) return fail(ErrorCode::not_found, "no batch has the id " + batch.text());
    Statement query = tx->prepare("SELECT first_pass FROM batch_text WHERE key=?1");
    const Result<bool> row = query.bind(1, (*live)->key).step();
    if (!row) return row.error();
    return Noted{(*live)->key, *row ? parse(query.text(0)) : FirstPass{}};
}

Result<void> store(Tx& tx, const Noted& noted) {
    const std::string text = write(noted.note);
    Statement update = tx->prepare("UPDATE batch_text SET first_pass=?2 WHERE key=?1");
    return update.bind(1, noted.key).bind(2, std::string_view(text)).run();
}

}  // namespace

Result<FirstPass> restart_first_pass(Tx& tx, const BatchId& batch) {
    Result<Noted> noted = find(tx, batch);
    if (!noted) return noted.error();
    FirstPass& note = noted->note;
    if (note.restarts < 1'000) ++note.restarts;
    if (note.at) note.left_out.push_back(*note.at);
    note.at.reset();
    if (Result<void> done = store(tx, *noted); !done) return done.error();
    return note;
}

Result<void> note_first_pass(Tx& tx, const BatchId& batch, std::optional<std::int64_t> chunk) {
    Result<Noted> noted = find(tx, batch);
    if (!noted) return noted.error();
    noted->note.at = chunk;
    return store(tx, *noted);
}

}  // namespace assay::engine::batch_store
