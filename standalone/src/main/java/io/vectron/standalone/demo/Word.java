package io.vectron.standalone.demo;

/**
 * A meaning in the dictionary.
 *
 * @param id WordNet's id
 * @param partOfSpeech {@code noun}, {@code verb}, {@code adj} or {@code adv}
 * @param words the words of this meaning, separated by commas
 * @param definition what they mean
 */
record Word(String id, String partOfSpeech, String words, String definition) {
    Word {
        if (id.isBlank() || words.isBlank() || definition.isBlank()) {
            throw new IllegalArgumentException("incomplete meaning: " + id + " " + words);
        }
    }

    /** What is embedded. */
    String text() {
        return words + ": " + definition;
    }
}
