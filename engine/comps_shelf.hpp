// Which book of sold prices holds for whom: in memory for batches, in the store for good.
// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/batch_store/comps_books.hpp"
#include "engine/comps/read_comps.hpp"
#include "engine/store/database.hpp"
#include "engine/store/writer.hpp"

namespace assay::engine {

// A batch takes the version in force when it is accepted: the transaction of its 202 writes down
// which, that version stays stored until the batch has ended, and a restart reads it again. So a
// batch sees one book from its first product to its last, whatever is uploaded meanwhile.
//
// Books are read from the store when a batch first needs them, and the latest stay in memory as far
// as limits::comps_loaded_bytes_max goes; those that batches work with always do, and a submission
// that would need more than that is refused `busy`.
// Thread safety: any thread but the writer's and the graph's; calls block on the store.
class CompsShelf {
  public:
    // `vocabulary`: what the words of titles mean, for uploads; outlives the shelf.
    CompsShelf(Database& database, Writer& writer, Clock& clock, const TitleVocabulary& vocabulary);
    CompsShelf(const CompsShelf&) = delete;
    CompsShelf& operator=(const CompsShelf&) = delete;

    const TitleVocabulary& vocabulary() const noexcept { return vocabulary_; }
    // Gives up uploads that a crash cut short, and clears away what nobody uses.
    Result<void> start();

    struct State {
        batch_store::CompsVersion version = 0;
        TimePoint created_at;
        std::string facts;  // to_json(LoadedComps)
    };
    // Puts a book down beside the one in force and changes them over when it is durable. Errors of
    // the writer; the old book then stays in force.
    Result<State> install(const TenantId& tenant, const LoadedComps& comps);
    // The tenant's own. Errors: not_found.
    Result<State> show(const TenantId& tenant);
    Result<void> remove(const TenantId& tenant);

    // Bytes in, a book in force at the end. Destroying it before finish() changes nothing.
    class Upload {
      public:
        ~Upload();
        Upload(const Upload&) = delete;
        Upload& operator=(const Upload&) = delete;
        Result<void> feed(std::string_view bytes) { return reader_.feed(bytes); }
        Result<State> finish();
        const SoldReport& report() const noexcept { return reader_.report(); }

      private:
        friend class CompsShelf;
        Upload(CompsShelf& shelf, TenantId tenant, SoldReadOptions options);
        CompsShelf& shelf_;
        const TenantId tenant_;
        CompsReader reader_;
    };
    // Errors: busy (limits::comps_uploads_max are under way).
    Result<std::unique_ptr<Upload>> begin(const TenantId& tenant, SoldReadOptions options);

    struct Snapshot {
        batch_store::CompsVersion version = 0;
        std::shared_ptr<const ComparableSource> book;
    };
    // What a batch that is accepted now is to work with: the tenant's own book, else everybody's;
    // nullopt: there is none. Errors: busy, corrupt, and those of reading.
    Result<std::optional<Snapshot>> in_force(const TenantId& tenant);
    // What an accepted batch works with; nullptr: no book. One that is damaged gives a source that
    // joins nothing and says so in the evidence, since the batch has to end.
    Result<std::shared_ptr<const ComparableSource>> of_batch(const BatchId& batch);

    // Clears away a little of what has become unused; returns at once. For whoever passes by.
    void tidy();

  private:
    using Book = std::shared_ptr<const CompsBook>;

    enum class Room : std::uint8_t { bounded, whatever_it_takes };
    Result<Book> load(const batch_store::CompsBookRow& row, Room room);
    Result<void> put_down(batch_store::CompsVersion version, const CompsBook& book,
                          std::int64_t& chunks);
    void sweep();
    void keep(batch_store::CompsVersion version, const Book& book);  // under the lock
    bool make_room(std::size_t bytes);                               // under the lock

    Database& database_;
    Writer& writer_;
    Clock& clock_;
    const TitleVocabulary& vocabulary_;
    // Perhaps; a hint on its own. Shared with jobs that may outlive the shelf.
    const std::shared_ptr<std::atomic<bool>> leftovers_ = std::make_shared<std::atomic<bool>>(true);
    std::atomic<std::size_t> uploads_{0};
    std::mutex mutex_;  // also while a book is read: two that need it read it once
    std::unordered_map<batch_store::CompsVersion, std::weak_ptr<const CompsBook>> loaded_;
    std::vector<std::pair<batch_store::CompsVersion, Book>> latest_;  // the newest last
};

}  // namespace assay::engine
