// Books between memory and store: put down, changed over, read again, cleared away.
// SPDX-License-Identifier: MIT
#include "engine/comps_shelf.hpp"

#include <algorithm>
#include <cassert>

namespace assay::engine {
namespace {

using batch_store::CompsBookRow;
using batch_store::CompsVersion;

// Of one transaction: 16 MiB, which hold up the writer for a few hundredths of a second.
constexpr std::int64_t chunks_per_sweep = 16;

// Stands for a book that cannot be read.
class DamagedBook final : public ComparableSource {
  public:
    explicit DamagedBook(CompsVersion version)
        : hash_(static_cast<std::uint64_t>(version) | std::uint64_t{1} << 63) {}
    std::uint64_t hash() const noexcept override { return hash_; }
    void join(const Product& product, const Identity&, TimePoint, const JoinRules&,
              JoinScratch& out, ComparableJoin& found) const override {
        found.clear();
        found.book_hash = hash_;
        found.damaged = true;
        out.comparables.assign(product.comparables.begin(), product.comparables.end());
    }

  private:
    std::uint64_t hash_;
};

}  // namespace

CompsShelf::CompsShelf(Database& database, Writer& writer, Clock& clock,
                       const TitleVocabulary& vocabulary)
    : database_(database), writer_(writer), clock_(clock), vocabulary_(vocabulary) {}

Result<void> CompsShelf::start() {
    auto abandoned = writer_.run([](Tx& tx) { return batch_store::abandon_unfinished_comps(tx); });
    if (!abandoned) return abandoned;
    sweep();
    return {};
}

Result<void> CompsShelf::put_down(CompsVersion version, const CompsBook& book,
                                  std::int64_t& chunks) {
    return encode_book(book, [&](std::string_view bytes) {
        auto stored = writer_.run(
            [&](Tx& tx) { return batch_store::append_comps_chunk(tx, version, chunks, bytes); });
        if (stored) ++chunks;
        return stored;
    });
}

Result<CompsShelf::State> CompsShelf::install(const TenantId& tenant, const LoadedComps& comps) {
    State state;
    state.facts = to_json(comps);
    state.created_at = clock_.now();
    auto begun = writer_.run([&](Tx& tx) -> Result<void> {
        auto version = batch_store::begin_comps_book(tx, tenant, state.created_at);
        if (!version) return version.error();
        state.version = *version;
        return {};
    });
    if (!begun) return begun.error();
    std::int64_t chunks = 0;
    auto done = put_down(state.version, *comps.book, chunks);
    if (done) {
        done = writer_.run([&](Tx& tx) {
            return batch_store::install_comps_book(tx, state.version, chunks, state.facts);
        });
    }
    if (!done) {
        *leftovers_ = true;
        // A job that cannot be taken now is made up for at the next start.
        (void)writer_.submit([version = state.version](
                                 Tx& tx) { return batch_store::abandon_comps_book(tx, version); },
                             [](const Result<void>&) {});
        return done.error();
    }
    {
        const std::lock_guard lock(mutex_);
        if (make_room(comps.book->memory_bytes())) keep(state.version, comps.book);
    }
    sweep();
    return state;
}

Result<CompsShelf::State> CompsShelf::show(const TenantId& tenant) {
    auto lease = database_.read();
    if (!lease) return lease.error();
    auto row = batch_store::find_comps_book(**lease, tenant);
    if (!row) return row.error();
    if (!*row) {
        return fail(ErrorCode::not_found, "there are no sold prices here yet", {},
                    "upload them: assay comps put FILE");
    }
    return State{(*row)->version, (*row)->created_at, std::move((*row)->facts)};
}

Result<void> CompsShelf::remove(const TenantId& tenant) {
    bool had_one = false;
    auto retired = writer_.run([&](Tx& tx) -> Result<void> {
        auto had = batch_store::retire_comps_book(tx, tenant);
        if (!had) return had.error();
        had_one = *had;
        return {};
    });
    if (!retired) return retired;
    if (!had_one) return fail(ErrorCode::not_found, "there are no sold prices here");
    sweep();
    return {};
}

CompsShelf::Upload::Upload(CompsShelf& shelf, TenantId tenant, SoldReadOptions options)
    : shelf_(shelf),
      tenant_(std::move(tenant)),
      reader_(std::move(options), {}, shelf.vocabulary_) {}

CompsShelf::Upload::~Upload() {
    shelf_.uploads_.fetch_sub(1, std::memory_order_relaxed);  // a count on its own
}

Result<CompsShelf::State> CompsShelf::Upload::finish() {
    auto loaded = reader_.finish();
    if (!loaded) return loaded.error();
    return shelf_.install(tenant_, *loaded);
}

Result<std::unique_ptr<CompsShelf::Upload>> CompsShelf::begin(const TenantId& tenant,
                                                              SoldReadOptions options) {
    if (uploads_.fetch_add(1, std::memory_order_relaxed) >= limits::comps_uploads_max) {
        uploads_.fetch_sub(1, std::memory_order_relaxed);
        return fail(ErrorCode::busy, "other sold prices are being uploaded", {},
                    "try again in a minute");
    }
    return std::unique_ptr<Upload>(new Upload(*this, tenant, std::move(options)));
}

// --- for batches ---------------------------------------------------------------------------------

Result<std::optional<CompsShelf::Snapshot>> CompsShelf::in_force(const TenantId& tenant) {
    std::optional<CompsBookRow> row;
    {
        auto lease = database_.read();
        if (!lease) return lease.error();
        auto own = batch_store::find_comps_book(**lease, tenant);
        if (own && !*own) own = batch_store::find_comps_book(**lease, batch_store::everybody);
        if (!own) return own.error();
        row = *std::move(own);
    }
    if (!row) return std::optional<Snapshot>{};
    auto book = load(*row, Room::bounded);
    if (!book) return book.error();
    return std::optional(Snapshot{row->version, *std::move(book)});
}

Result<std::shared_ptr<const ComparableSource>> CompsShelf::of_batch(const BatchId& batch) {
    std::optional<CompsBookRow> row;
    {
        auto lease = database_.read();
        if (!lease) return lease.error();
        auto pinned = batch_store::comps_of_batch(**lease, batch);
        if (!pinned) return pinned.error();
        row = *std::move(pinned);
    }
    if (!row) return std::shared_ptr<const ComparableSource>();
    auto book = load(*row, Room::whatever_it_takes);
    if (!book && book.error().code == ErrorCode::corrupt) {
        return std::shared_ptr<const ComparableSource>(
            std::make_shared<const DamagedBook>(row->version));
    }
    if (!book) return book.error();
    return std::shared_ptr<const ComparableSource>(*std::move(book));
}

Result<CompsShelf::Book> CompsShelf::load(const CompsBookRow& row, Room room) {
    const std::lock_guard lock(mutex_);
    if (const auto found = loaded_.find(row.version); found != loaded_.end()) {
        if (Book book = found->second.lock()) return book;
    }
    const bool fits = make_room(static_cast<std::size_t>(row.bytes));
    if (!fits && room == Room::bounded) {
        return fail(ErrorCode::busy, "running batches hold as many sold prices as memory takes", {},
                    "try again when some of them have ended");
    }
    auto lease = database_.read();
    if (!lease) return lease.error();
    CompsDecoder decoder;
    auto read = batch_store::read_comps_book(
        **lease, row.version, [&](std::string_view bytes) { return decoder.feed(bytes); });
    if (!read) return read.error();
    auto book = decoder.finish();
    if (!book) return book.error();
    keep(row.version, *book);
    return book;
}

void CompsShelf::keep(CompsVersion version, const Book& book) {
    loaded_[version] = book;
    latest_.emplace_back(version, book);
}

// Lets go of books that no batch holds, the oldest first. False: batches hold too much.
bool CompsShelf::make_room(std::size_t bytes) {
    const auto in_memory = [&] {
        std::size_t sum = 0;
        std::erase_if(loaded_, [&](const auto& entry) {
            const Book book = entry.second.lock();
            sum += book ? book->memory_bytes() : 0;
            return !book;
        });
        return sum;
    };
    while (in_memory() + bytes > limits::comps_loaded_bytes_max) {
        if (latest_.empty()) return false;
        latest_.erase(latest_.begin());
    }
    return true;
}

// --- clearing away -------------------------------------------------------------------------------

void CompsShelf::sweep() {
    {
        // Versions that are gone from the store need no place in memory.
        const std::lock_guard lock(mutex_);
        auto lease = database_.read();
        if (lease) {
            std::erase_if(latest_, [&](const auto& entry) {
                auto held = batch_store::is_comps_book_in_force(**lease, entry.first);
                return held && !*held;
            });
        }
    }
    std::int64_t removed = chunks_per_sweep;
    while (removed == chunks_per_sweep) {
        const auto done = writer_.run([&](Tx& tx) -> Result<void> {
            auto dropped = batch_store::drop_unused_comps(tx, chunks_per_sweep);
            if (!dropped) return dropped.error();
            removed = *dropped;
            return {};
        });
        if (!done) break;  // nothing is lost by waiting: tidy() and the next start come by again
    }
    *leftovers_ = true;  // a batch may still hold one
}

void CompsShelf::tidy() {
    if (!leftovers_->exchange(false)) return;
    const auto submitted = writer_.submit(
        [leftovers = leftovers_](Tx& tx) -> Result<void> {
            auto dropped = batch_store::drop_unused_comps(tx, chunks_per_sweep);
            if (!dropped) return dropped.error();
            auto more = batch_store::has_retired_comps(*tx);
            if (!more) return more.error();
            if (*more) *leftovers = true;
            return {};
        },
        [leftovers = leftovers_](const Result<void>& answer) {
            if (!answer) *leftovers = true;
        });
    if (!submitted) *leftovers_ = true;
}

}  // namespace assay::engine
