# frozen_string_literal: true

module Cowlab
  LETTERS = ("a".."z").to_a.freeze

  # A string of one letter, the letters being counted round and round.
  def self.string_of(length, letter)
    LETTERS[letter % LETTERS.length] * length
  end
end
