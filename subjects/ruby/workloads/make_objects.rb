# frozen_string_literal: true

require_relative "../scale"
require_relative "../word"

module Cowlab
  module Workloads
    # nakayoshi_fork's tree of small arrays; see workloads/make-objects.h.
    class MakeObjects
      ABOUT = "nakayoshi_fork's: a tree of four million arrays, which age in " \
              "the workers"

      PARAMETERS = [
        Scale.parameter("as many arrays as `objects` says"),
        IntegerParameter.new("objects", 4_194_303, 1, 1 << 32, "objects",
                             "arrays in the template's tree at scale 1000"),
        IntegerParameter.new("made", 1000, 0, 100_000_000, "objects",
                             "arrays in the tree that a request makes and " \
                             "drops"),
        ChoiceParameter.new("lists", "inline", %w[inline split], NO_EFFECT)
      ].freeze

      def initialize(settings, _random)
        @made = settings["made"]
        @tree = tree(1, Scale.of(settings["objects"], settings))
      end

      def request(number, _random)
        made = @made.zero? ? 0 : count(tree(1, @made))
        Cowlab.mix(made + (number << 32))
      end

      def checksum
        mix_in(Word.new, @tree)
      end

      private

      # Object k of a tree of n, and all below it.
      def tree(k, n)
        if 2 * k > n
          []
        elsif 2 * k == n
          [tree(2 * k, n)]
        else
          [tree(2 * k, n), tree(2 * k + 1, n)]
        end
      end

      def count(array)
        total = 1
        array.each { |item| total += count(item) }
        total
      end

      # In the order in which the objects were made.
      def mix_in(sum, array)
        array.each { |item| mix_in(sum, item) }
        sum.mix_in(array.length)
      end
    end
  end
end
