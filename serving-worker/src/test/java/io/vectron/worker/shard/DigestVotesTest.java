package io.vectron.worker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectron.common.digest.Hash128;
import io.vectron.worker.shard.DigestVotes.Noted;
import io.vectron.worker.shard.DigestVotes.Verdict;
import org.junit.jupiter.api.Test;

class DigestVotesTest {
    private static final Noted RIGHT = new Noted(100, new Hash128(1, 2), 7);
    private static final Noted WRONG = new Noted(100, new Hash128(3, 4), 7);

    private final DigestVotes votes = new DigestVotes();

    @Test
    void mostDecideAndWhoDiffersIsOutvoted() {
        votes.note(WRONG);
        assertThat(votes.vote("w1", WRONG, 3)).isEqualTo(new Verdict.Open());
        assertThat(votes.vote("w2", RIGHT, 3)).isEqualTo(new Verdict.Split(100));
        assertThat(votes.vote("w3", RIGHT, 3)).isEqualTo(new Verdict.Outvoted(WRONG, RIGHT));
    }

    @Test
    void whoHasWhatMostHaveAgrees() {
        votes.note(RIGHT);
        assertThat(votes.vote("w2", WRONG, 3)).isEqualTo(new Verdict.Open());
        assertThat(votes.vote("w1", RIGHT, 3)).isEqualTo(new Verdict.Split(100));
        assertThat(votes.vote("w3", RIGHT, 3)).isEqualTo(new Verdict.Agreed(RIGHT));
    }

    @Test
    void oneVoteToldTwiceCountsOnce() {
        votes.note(WRONG);
        votes.vote("w2", RIGHT, 3);
        assertThat(votes.vote("w2", RIGHT, 3)).isEqualTo(new Verdict.Open());
    }

    @Test
    void halfOfTheMembersAreNoMajority() {
        votes.note(WRONG);
        votes.vote("w1", WRONG, 2);
        assertThat(votes.vote("w2", RIGHT, 2)).isEqualTo(new Verdict.Split(100));
    }

    @Test
    void whoNotedNothingThereIsNotJudged() {
        votes.vote("w2", RIGHT, 3);
        assertThat(votes.vote("w3", RIGHT, 3)).isEqualTo(new Verdict.Open());
    }

    @Test
    void otherRowsWithTheSameDigestDiffer() {
        votes.note(new Noted(100, RIGHT.digest(), 8));
        votes.vote("w2", RIGHT, 3);
        assertThat(votes.vote("w3", RIGHT, 3)).isInstanceOf(Verdict.Outvoted.class);
    }

    @Test
    void onlyTheNewestPlacesAndSoManyMembersAreRemembered() {
        votes.note(WRONG);
        votes.vote("w2", RIGHT, 3);
        for (int i = 1; i <= DigestVotes.KEPT; i++) {
            votes.vote("w2", new Noted(100 + i, RIGHT.digest(), 7), 3);
        }
        assertThat(votes.vote("w3", RIGHT, 3))
                .as("the first vote is forgotten")
                .isEqualTo(new Verdict.Open());
        for (int i = 0; i < DigestVotes.MEMBERS; i++) {
            votes.vote("x" + i, WRONG, 3);
        }
        assertThat(votes.vote("one more", new Noted(200, RIGHT.digest(), 7), 1))
                .isEqualTo(new Verdict.Open());
    }
}
