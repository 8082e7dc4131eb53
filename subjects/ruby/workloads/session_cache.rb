# frozen_string_literal: true

require_relative "../scale"
require_relative "../strings"
require_relative "../word"

module Cowlab
  module Workloads
    # A cache of sessions; see workloads/session-cache.h.
    #
    # As in MemoryStore of Rails it is a Hash, in the order of its entries:
    # what is looked up is deleted and inserted again.
    class SessionCache
      ABOUT = "Django's and Rails' caches: found sessions become the newest, " \
              "the oldest make room"

      PARAMETERS = [
        Scale.parameter("160 000 sessions"),
        IntegerParameter.new("attributes", 4, 1, 1000, "values",
                             "values of a session"),
        IntegerParameter.new("value-bytes", 24, 1, 65_536, "bytes",
                             "length of every value"),
        ChoiceParameter.new("lists", "inline", %w[inline split], NO_EFFECT),
        IntegerParameter.new("keys", 1100, 1, 1_000_000, "permille",
                             "keys that are looked up, as a share of the " \
                             "capacity: above 1000 some are not there"),
        IntegerParameter.new("hot-keys", 200, 1, 1000, "permille",
                             "keys that are hot, as a share of these"),
        IntegerParameter.new("hot-lookups", 800, 0, 1000, "permille",
                             "lookups of a hot key, as a share of all; the " \
                             "others are of any key"),
        IntegerParameter.new("lookups", 10, 1, 1_000_000, "sessions",
                             "sessions that a request looks up"),
        IntegerParameter.new("sets", 2, 0, 1_000_000, "values",
                             "values that are set in each session that is " \
                             "found")
      ].freeze

      CAPACITY = 160_000 # at scale 1000
      MISS = 1_000_003
      Session = Struct.new(:key, :attributes)

      def initialize(settings, _random)
        @settings = settings
        capacity = Scale.of(CAPACITY, settings)
        @keys = [capacity * settings["keys"] / 1000, 1].max
        @hot = [@keys * settings["hot-keys"] / 1000, 1].max
        @cache = {}
        capacity.times { |key| @cache[key] = session(key) }
      end

      def request(_number, random)
        total = 0
        @settings["lookups"].times do
          key = draw(random)
          found = @cache.delete(key)
          if found
            total += read(found)
          else
            oldest, = @cache.shift
            total += MISS + oldest
          end
          @cache[key] = found || session(key)
          set(found, random) if found
        end
        Cowlab.mix(total)
      end

      def checksum
        sum = Word.new
        keys = Word.new
        key = Word.new
        @cache.values.reverse_each do |session|
          sum.mix_in(session.key)
          session.attributes.each do |value|
            sum.mix_in(value.bytesize * 256 + value.getbyte(-1))
          end
          keys.add(key.set(session.key).mix)
        end
        sum.mix_in(keys.to_i)
      end

      private

      def session(key)
        bytes = @settings["value-bytes"]
        Session.new(key, Array.new(@settings["attributes"]) do |a|
          Cowlab.string_of(bytes, key + a)
        end)
      end

      def draw(random)
        hot = random.below(1000) < @settings["hot-lookups"]
        hot ? random.below(@hot) * (@keys / @hot) : random.below(@keys)
      end

      def read(session)
        total = session.key
        session.attributes.each { |value| total += value.getbyte(-1) }
        total
      end

      def set(session, random)
        @settings["sets"].times do
          a = random.below(@settings["attributes"])
          session.attributes[a] = Cowlab.string_of(@settings["value-bytes"],
                                               random.below(26))
        end
      end
    end
  end
end
